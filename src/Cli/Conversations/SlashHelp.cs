namespace ModelOps.Cli.Conversations;

/// <summary>What a conversation says about itself, and what Tab makes of a command that was begun.</summary>
internal static class SlashHelp
{
    private const string General = """"
        Available Commands:
          /set            Set session variables
          /show           Show model information
          /load <model>   Load a session or model
          /save <model>   Save your current session
          /clear          Clear session context
          /list           List the models of the server
          /bye            Exit
          /?, /help       Help for a command
          /? shortcuts    Help for keyboard shortcuts

        Use """ to begin a multi-line message.


        """";

    private const string Set = """
        Available Commands:
          /set parameter ...     Set a parameter
          /set system <text>     Set system message
          /set template <text>   Set prompt template of what /save makes
          /set history           Enable history
          /set nohistory         Disable history
          /set wordwrap          Enable wordwrap
          /set nowordwrap        Disable wordwrap
          /set format json       Enable JSON mode
          /set noformat          Disable formatting
          /set verbose           Show counts and times
          /set quiet             Disable counts and times
          /set think [level]     Enable thinking: low, medium, high or max
          /set nothink           Disable thinking


        """;

    private const string Show = """
        Available Commands:
          /show info         Show details for this model
          /show license      Show model license
          /show modelfile    Show Modelfile for this model
          /show parameters   Show parameters for this model
          /show system       Show system message
          /show template     Show prompt template


        """;

    private const string Shortcuts = """
        Available keyboard shortcuts:
          Ctrl + a            Move to the beginning of the line (Home)
          Ctrl + e            Move to the end of the line (End)
          Ctrl + b, Ctrl + f  Move one character back or forward (Left, Right)
          Alt + b, Alt + f    Move one word back or forward (Ctrl + Left, Ctrl + Right)
          Ctrl + p, Ctrl + n  Go to the previous or next message (Up, Down)
          Ctrl + k            Delete what is behind the cursor
          Ctrl + u            Delete what is before the cursor
          Ctrl + w            Delete the word before the cursor
          Ctrl + j            Begin a new line without sending (Alt + Enter)
          Ctrl + g            Edit the message in VISUAL or EDITOR
          Ctrl + l            Clear the screen
          Ctrl + z            Put this program into the background
          Ctrl + c            Stop the model from responding
          Ctrl + d            Exit (/bye)
          Tab                 Complete a command


        """;

    /// <summary>What <c>/set parameter</c> says when it lacks something.</summary>
    internal const string Parameters = """
        Available Parameters:
          /set parameter seed <int>                Random number seed
          /set parameter num_predict <int>         Max number of tokens to predict
          /set parameter top_k <int>               Pick from top k num of tokens
          /set parameter top_p <float>             Pick token based on sum of probabilities
          /set parameter min_p <float>             Pick token based on top token probability * min_p
          /set parameter num_ctx <int>             Set the context size
          /set parameter temperature <float>       Set creativity level
          /set parameter repeat_penalty <float>    How strongly to penalize repetitions
          /set parameter repeat_last_n <int>       Set how far back to look for repetitions
          /set parameter num_gpu <int>             The number of layers to send to the GPU
          /set parameter stop <string> <string>... Set the stop parameters


        """;

    private static readonly string[] s_commands =
    [
        "/bye", "/clear", "/help", "/list", "/load ", "/save ",
        "/set format json", "/set history", "/set noformat", "/set nohistory", "/set nothink", "/set nowordwrap", "/set parameter ",
        "/set quiet", "/set system ", "/set template ", "/set think", "/set verbose", "/set wordwrap",
        "/show info", "/show license", "/show modelfile", "/show parameters", "/show system", "/show template",
    ];

    /// <summary>The help, of all or of <c>set</c>, <c>show</c>, <c>shortcuts</c>.</summary>
    internal static string About(string topic) => topic switch
    {
        "set" => Set,
        "show" => Show,
        "shortcut" or "shortcuts" => Shortcuts,
        _ => General,
    };

    /// <summary>As much of a command as is sure; null when none begins so.</summary>
    internal static string? Complete(string begun)
    {
        var fitting = s_commands.Where(command => begun.StartsWith('/') && command.StartsWith(begun, StringComparison.Ordinal)).ToArray();
        if (fitting.Length == 0)
            return null;
        var sure = fitting[0].Length;
        foreach (var other in fitting)
            sure = Math.Min(sure, fitting[0].AsSpan().CommonPrefixLength(other));
        return fitting[0][..sure];
    }
}
