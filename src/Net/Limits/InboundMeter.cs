namespace GameServer.Net.Limits;

/// <summary>What one peer may send us: over the soft rate its datagrams are dropped, over the hard rate it is disconnected.</summary>
/// <remarks>
/// Belongs to whichever thread receives. Only <see cref="IsExceeded"/> is read elsewhere. The bucket sizes follow the rates:
/// one second of traffic may arrive at once.
/// </remarks>
struct InboundMeter
{
    readonly double _datagramsPerSecond;
    readonly double _bytesPerSecond;
    readonly double _hardFactor;
    TokenBucket _datagrams;
    TokenBucket _bytes;
    TokenBucket _hardDatagrams;
    TokenBucket _hardBytes;
    bool _isExceeded;

    /// <param name="datagramsPerSecond">Soft rate.</param>
    /// <param name="bytesPerSecond">Soft rate.</param>
    /// <param name="hardFactor">Hard rate as a multiple of the soft one.</param>
    /// <param name="now">Host time.</param>
    public InboundMeter(double datagramsPerSecond, double bytesPerSecond, double hardFactor, long now)
    {
        _datagramsPerSecond = datagramsPerSecond;
        _bytesPerSecond = bytesPerSecond;
        _hardFactor = hardFactor;
        _datagrams = new TokenBucket(datagramsPerSecond, now);
        _bytes = new TokenBucket(bytesPerSecond, now);
        _hardDatagrams = new TokenBucket(datagramsPerSecond * hardFactor, now);
        _hardBytes = new TokenBucket(bytesPerSecond * hardFactor, now);
    }

    /// <summary>True once the hard rate was passed; stays true. Any thread.</summary>
    public readonly bool IsExceeded => Volatile.Read(in _isExceeded);

    /// <summary>Counts one datagram. Receiving thread.</summary>
    /// <returns>False: drop it.</returns>
    public bool TryAdmit(int bytes, long now)
    {
        var hardDatagrams = _datagramsPerSecond * _hardFactor;
        var hardBytes = _bytesPerSecond * _hardFactor;
        if (!_hardDatagrams.TryTake(1, hardDatagrams, hardDatagrams, now) || !_hardBytes.TryTake(bytes, hardBytes, hardBytes, now))
        {
            Volatile.Write(ref _isExceeded, true);
            return false;
        }
        return _datagrams.TryTake(1, _datagramsPerSecond, _datagramsPerSecond, now)
            && _bytes.TryTake(bytes, _bytesPerSecond, _bytesPerSecond, now);
    }
}
