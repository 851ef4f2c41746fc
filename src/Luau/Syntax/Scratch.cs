namespace GameServer.Luau.Syntax;

/// <summary>
/// A stack on which nested lists are collected before each becomes an array of the right size: remember <see cref="Count"/>, push, take.
/// </summary>
struct Scratch<T>
{
    T[] _items;

    /// <summary>Makes an empty stack.</summary>
    public Scratch(int capacity)
    {
        _items = new T[capacity];
        Count = 0;
    }

    /// <summary>Items on the stack.</summary>
    public int Count { get; private set; }

    /// <summary>The item at an index from the bottom.</summary>
    public readonly ref T this[int index] => ref _items[index];

    /// <summary>Puts one item on top.</summary>
    public void Push(T item)
    {
        if (Count == _items.Length)
            Array.Resize(ref _items, Count * 2);
        _items[Count++] = item;
    }

    /// <summary>Removes everything from <paramref name="start"/> up.</summary>
    public void Drop(int start) => Count = start;

    /// <summary>Removes everything from <paramref name="start"/> up and returns it in order.</summary>
    public T[] Take(int start)
    {
        if (start == Count)
            return [];

        var items = _items.AsSpan(start, Count - start).ToArray();
        Count = start;
        return items;
    }
}
