namespace GameServer.Scripting.World;

/// <summary>A set of slots that is emptied in constant time: a slot is in it when its mark is that of the present round.</summary>
sealed class SlotMarks
{
    int[] _marks = [];
    int _round;

    /// <summary>Empties the set and makes room for slots below a number.</summary>
    public SlotMarks Begin(int slots)
    {
        if (_marks.Length < slots) Array.Resize(ref _marks, Math.Max(slots, _marks.Length * 2));
        if (++_round == int.MaxValue)
        {
            Array.Clear(_marks);
            _round = 1;
        }
        return this;
    }

    /// <summary>Puts a slot in.</summary>
    public void Set(int slot) => _marks[slot] = _round;

    /// <summary>Whether a slot is in.</summary>
    public bool Has(int slot) => _marks[slot] == _round;
}
