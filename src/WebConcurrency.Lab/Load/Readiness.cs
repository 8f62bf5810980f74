using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace WebConcurrency.Lab.Load;

/// <summary>Waits until one of several sockets has something to read. On Linux to the microsecond: the framework's own wait counts milliseconds. Not thread-safe.</summary>
internal sealed partial class Readiness(IReadOnlyList<LoadConnection> connections)
{
    /// <summary>POLLIN; see poll(2).</summary>
    private const short Input = 1;

    private readonly Descriptor[] _descriptors = new Descriptor[connections.Count];
    private readonly List<LoadConnection> _ready = [];

    /// <summary>Blocks.</summary>
    /// <param name="ticks">How long at most, by the clock of <see cref="Stopwatch"/>.</param>
    /// <returns>Those that can be read, or have been closed.</returns>
    public IReadOnlyList<LoadConnection> Wait(long ticks)
    {
        _ready.Clear();
        if (OperatingSystem.IsLinux())
        {
            Poll(Math.Max(0, ticks));
        }
        else
        {
            Select(Math.Max(0, ticks));
        }

        return _ready;
    }

    private void Poll(long ticks)
    {
        for (var i = 0; i < _descriptors.Length; i++)
        {
            _descriptors[i] = new Descriptor { File = (int)connections[i].Socket.Handle, Events = Input };
        }

        var limit = new TimeLimit { Seconds = (nint)(ticks / Stopwatch.Frequency), Nanoseconds = (nint)(ticks % Stopwatch.Frequency * (1e9 / Stopwatch.Frequency)) };

        // Interrupted or failed, there is nothing to read: the caller comes again.
        if (Poll(ref MemoryMarshal.GetArrayDataReference(_descriptors), (nuint)_descriptors.Length, limit, 0) <= 0)
        {
            return;
        }

        for (var i = 0; i < _descriptors.Length; i++)
        {
            if (_descriptors[i].Returned != 0)
            {
                _ready.Add(connections[i]);
            }
        }
    }

    private void Select(long ticks)
    {
        var sockets = connections.Select(connection => connection.Socket).ToList();
        Socket.Select(sockets, null, null, (int)(ticks * 1e6 / Stopwatch.Frequency));
        var readable = sockets.ToHashSet();
        _ready.AddRange(connections.Where(connection => readable.Contains(connection.Socket)));
    }

    /// <summary>ppoll(2).</summary>
    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    private static partial int Poll(ref Descriptor descriptors, nuint count, in TimeLimit limit, nint signals);

    private struct Descriptor
    {
        public int File;
        public short Events;
        public short Returned;
    }

    private struct TimeLimit
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
