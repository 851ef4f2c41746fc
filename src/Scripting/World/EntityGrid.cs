using System.Runtime.InteropServices;

namespace GameServer.Scripting.World;

/// <summary>Entities of one mod by place: cells of a cube grid, each with a list linked through arrays by slot. Finding those around a point touches the cells
/// around it, not all entities. Moving costs nothing while the cell stays the same, and nothing is allocated once as many cells were in use at a time as ever
/// will be.</summary>
/// <remarks>Tick thread. Cells far apart may share a list (21 bits per axis): distances are checked in any case.</remarks>
sealed class EntityGrid
{
    struct Node
    {
        public long Cell;
        public int Previous;
        public int Next;
        public bool IsLinked;
        public Place Place;
    }

    const long Nowhere = long.MaxValue;
    const int AxisBits = 21;
    const long AxisMask = (1L << AxisBits) - 1;

    readonly Dictionary<long, int> _heads = [];
    Node[] _nodes = [];
    double _cellSize = 64;

    /// <summary>Puts an entity where it is now; entities without a place are in a list of their own.</summary>
    public void Update(Entity entity)
    {
        int slot = entity.Slot;
        if (slot >= _nodes.Length) Array.Resize(ref _nodes, Math.Max(16, Math.Max(slot + 1, _nodes.Length * 2)));
        ref Node node = ref _nodes[slot];
        node.Place = entity.Position;
        long cell = entity.HasPosition ? CellOf(entity.Position) : Nowhere;
        if (node.IsLinked && node.Cell == cell) return;
        Unlink(slot);
        Link(slot, cell);
    }

    /// <summary>Takes an entity out.</summary>
    public void Remove(Entity entity) => Unlink(entity.Slot);

    /// <summary>Sets the edge of cells to suit searches of a radius.</summary>
    public void FitTo(double radius)
    {
        double size = Math.Pow(2, Math.Ceiling(Math.Log2(Math.Clamp(radius, 1e-3, 1e9))));
        if (size == _cellSize) return;
        _cellSize = size;
        for (int slot = 0; slot < _nodes.Length; slot++)
        {
            if (!_nodes[slot].IsLinked || _nodes[slot].Cell == Nowhere) continue;
            Unlink(slot);
            Link(slot, CellOf(_nodes[slot].Place));
        }
    }

    /// <summary>Adds the slots of all entities without a place.</summary>
    public void Nowheres(List<int> into)
    {
        if (!_heads.TryGetValue(Nowhere, out int slot)) return;
        for (; slot >= 0; slot = _nodes[slot].Next) into.Add(slot);
    }

    /// <summary>Adds the slots of entities within a radius.</summary>
    public void Around(in Place center, double radius, List<int> into)
    {
        double reach = Math.Floor(radius / _cellSize) + 1, across = (2 * reach) + 1;
        if (across * across * across > _heads.Count)
        {
            // More cells to look into than there are: go through those instead.
            foreach ((long cell, int head) in _heads)
            {
                if (cell != Nowhere) Walk(head, center, radius, into);
            }
            return;
        }
        long x = Axis(center.X), y = Axis(center.Y), z = Axis(center.Z), r = (long)reach;
        for (long i = x - r; i <= x + r; i++)
        {
            for (long j = y - r; j <= y + r; j++)
            {
                for (long k = z - r; k <= z + r; k++)
                {
                    if (_heads.TryGetValue(Key(i, j, k), out int head)) Walk(head, center, radius, into);
                }
            }
        }
    }

    void Walk(int slot, in Place center, double radius, List<int> into)
    {
        double square = radius * radius;
        for (; slot >= 0; slot = _nodes[slot].Next)
        {
            if (_nodes[slot].Place.SquareTo(center) <= square) into.Add(slot);
        }
    }

    void Link(int slot, long cell)
    {
        ref int head = ref CollectionsMarshal.GetValueRefOrAddDefault(_heads, cell, out bool exists);
        int next = exists ? head : -1;
        if (next >= 0) _nodes[next].Previous = slot;
        head = slot;
        ref Node node = ref _nodes[slot];
        (node.Cell, node.Previous, node.Next, node.IsLinked) = (cell, -1, next, true);
    }

    void Unlink(int slot)
    {
        ref Node node = ref _nodes[slot];
        if (!node.IsLinked) return;
        node.IsLinked = false;
        if (node.Next >= 0) _nodes[node.Next].Previous = node.Previous;
        if (node.Previous >= 0) _nodes[node.Previous].Next = node.Next;
        else if (node.Next >= 0) _heads[node.Cell] = node.Next;
        else _heads.Remove(node.Cell);
    }

    long CellOf(in Place place) => Key(Axis(place.X), Axis(place.Y), Axis(place.Z));

    long Axis(float at) => (long)Math.Clamp(Math.Floor(at / _cellSize), -1e15, 1e15);

    static long Key(long x, long y, long z) => ((x & AxisMask) << (2 * AxisBits)) | ((y & AxisMask) << AxisBits) | (z & AxisMask);
}
