using GameServer.Net.Wire;

namespace GameServer.Net.Peers;

/// <summary>
/// What the server keeps about a newcomer until it is connected. Three things have to come together, in any order: the request was
/// accepted on the wire, its address is proven by two pongs whose numbers cannot be guessed, and the application has agreed.
/// Source: wire specification, section 16.3.
/// </summary>
sealed class Handshake
{
    const int WrongPongsMax = 8;
    const int PongsNeeded = 2;
    const int HeldPacketsMax = 16;
    const int HeldBytesMax = 16 << 10;

    /// <summary>Stock peers answer a first ping only up to this number.</summary>
    const int NonceMax = 16383;

    /// <summary>The first two steps may be this long, 24 bits together; later ones share what is left.</summary>
    const int FirstStepMax = 4000;

    const int CreditMax = 4 << 10;

    static readonly long RetryTicks = TimeSpan.FromMilliseconds(300).Ticks;

    readonly List<(int Number, long SentAt)> _outstanding = new(4);
    int _credit;
    int _rightPongs;
    int _wrongPongs;
    int _heldCount;
    int _heldBytes;
    Packet? _heldTail;

    public Handshake(byte[] data, int requestBytes, long now)
    {
        Data = data;
        RequestBytes = _credit = requestBytes;
        StartedAt = RequestedAt = now;
    }

    /// <summary>The connect data.</summary>
    public byte[] Data { get; }

    /// <summary>Size of the request datagram; no answer before the proof may be longer.</summary>
    public int RequestBytes { get; }

    /// <summary>When this attempt was first seen.</summary>
    public long StartedAt { get; }

    /// <summary>When its request was last repeated.</summary>
    public long RequestedAt { get; set; }

    /// <summary>When the accept went out; 0 before.</summary>
    public long AcceptedAt { get; private set; }

    /// <summary>When the accept went out last.</summary>
    public long AcceptSentAt { get; set; }

    /// <summary>The question put to the application, once it was put.</summary>
    public ConnectionRequest? Request { get; set; }

    public bool IsAcceptedOnWire => AcceptedAt != 0;

    public bool IsAcceptedByApplication { get; set; }

    public bool IsProven => _rightPongs >= PongsNeeded;

    public bool IsComplete => IsAcceptedOnWire && IsProven && IsAcceptedByApplication;

    /// <summary>Set when the request was rejected before it was accepted on the wire: what every repetition is answered with.</summary>
    public byte[]? Rejection { get; set; }

    /// <summary>Too many wrong pongs: someone is guessing.</summary>
    public bool IsGuessing => _wrongPongs > WrongPongsMax;

    /// <summary>The last number sent; pings of the connection go on from here.</summary>
    public int LastNumber { get; private set; }

    /// <summary>When the next proof pings are due.</summary>
    public long NextPingsAt { get; private set; }

    /// <summary>Datagrams that came before the proof, oldest first.</summary>
    public Packet? Held { get; private set; }

    /// <summary>The newcomer sent something: as much may be sent to it.</summary>
    public void Earn(int bytes) => _credit = Math.Min(_credit + bytes, CreditMax);

    /// <summary>
    /// Asks before sending to an address that may be forged: all answers together are never longer than what came from there, until
    /// one right pong shows that somebody is listening.
    /// </summary>
    public bool TrySpend(int bytes)
    {
        if (_rightPongs > 0)
            return true;
        if (_credit < bytes)
            return false;
        _credit -= bytes;
        return true;
    }

    public void AcceptOnWire(long now)
    {
        // Never 0, which means "not yet".
        AcceptedAt = Math.Max(now, 1);
        NextPingsAt = now;
    }

    /// <summary>Chooses the next pair of ping numbers, upwards; 0 in place of a number that may not be sent.</summary>
    public (int First, int Second) NextPings(IPeerHost host)
    {
        NextPingsAt = host.Now + RetryTicks;
        return (NextPing(host), NextPing(host));
    }

    /// <summary>Takes a pong; one for every number counts.</summary>
    /// <returns>The round trip it measured, or null when it answers no ping of this handshake.</returns>
    public long? Answer(int number, long arrivedAt)
    {
        for (var i = 0; i < _outstanding.Count; i++)
        {
            if (_outstanding[i].Number != number)
                continue;
            var elapsed = arrivedAt - _outstanding[i].SentAt;
            _outstanding.RemoveAt(i);
            _rightPongs++;
            return elapsed;
        }
        _wrongPongs++;
        return null;
    }

    /// <summary>Keeps an early datagram until the proof is there. False: too much already.</summary>
    public bool TryHold(PacketPool pool, ReadOnlySpan<byte> datagram)
    {
        if (_heldCount >= HeldPacketsMax || _heldBytes + datagram.Length > HeldBytesMax)
            return false;
        var packet = pool.RentCopy(datagram);
        if (_heldTail is null)
            Held = packet;
        else
            _heldTail.Next = packet;
        _heldTail = packet;
        _heldCount++;
        _heldBytes += datagram.Length;
        return true;
    }

    /// <summary>Gives the early datagrams to the caller.</summary>
    public Packet? TakeHeld()
    {
        var head = Held;
        Held = _heldTail = null;
        return head;
    }

    int NextPing(IPeerHost host)
    {
        var left = NonceMax - LastNumber;
        if (left <= 0 || !TrySpend(ControlPackets.PingBytes))
            return 0;
        LastNumber += host.NextNonce(Math.Clamp(left / 3, 1, FirstStepMax));
        _outstanding.Add((LastNumber, host.Now));
        return LastNumber;
    }
}
