namespace ModelOps.Runtime.Workers;

/// <summary>What a frame between daemon and worker says.</summary>
internal enum FrameKind : byte
{
    // Daemon to worker. The number of the frame is the request's; answers carry the same.
    Load = 1,
    Unload = 2,
    Generate = 3,
    Cancel = 4,
    Tokenize = 5,
    Detokenize = 6,
    Embed = 7,
    Quantize = 8,
    Measure = 9,
    Describe = 10,
    Lend = 11,
    Time = 12,

    // Worker to daemon.
    Hello = 32,
    Progress = 33,
    Loaded = 34,
    Text = 35,
    End = 36,
    Failed = 37,
    Tokens = 38,
    PlainText = 39,
    Vectors = 40,
    Beat = 41,
    EngineEnded = 42,
    Done = 43,
    Measured = 44,
    Prompt = 45,
    Described = 46,
    Timed = 47,
}

/// <summary>Which exception a failure becomes on the other side.</summary>
internal enum FailureKind : byte
{
    Request = 1,
    Engine = 2,
    Unavailable = 3,
    Cancelled = 4,
}
