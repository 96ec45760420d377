using ModelOps.Reconciler.Settings;

namespace ModelOps.Cli.Configuration;

/// <summary>The reference of the configuration file, as <c>docs/spec/configuration.md</c> has it below its introduction.</summary>
internal static class HostPage
{
    internal static string Text => SettingPage.Write(HostSettings.Table, "The file")
        + SettingPage.Write(SourceEntries.Table, "A source, in `sources`")
        + SettingPage.Write(NotificationEntries.Table, "A receiver, in `notifications`");
}
