namespace ModelOps.Reconciler.Notifications;

/// <summary>What a receiver understands.</summary>
public enum NotificationFormat
{
    /// <summary>CloudEvents 1.0 in JSON, signed as Standard Webhooks are.</summary>
    CloudEvents,

    /// <summary>A text for an incoming webhook of Slack, or of what takes the same, such as Mattermost.</summary>
    Slack,

    /// <summary>A notice in a Matrix room.</summary>
    Matrix,
}
