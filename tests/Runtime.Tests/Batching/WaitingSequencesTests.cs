using ModelOps.Runtime.Batching;

namespace ModelOps.Runtime.Tests.Batching;

/// <summary>Whose turn it is at the slots of one engine.</summary>
public sealed class WaitingSequencesTests
{
    private readonly List<Work> _active = [];

    [Fact]
    public void One_client_is_served_in_the_order_in_which_its_work_came()
    {
        var waiting = Of(slots: 4, "a1", "a2", "a3", "a4", "a5");

        Assert.Equal("a1 a2 a3 a4", Fill(waiting, 4));
        Assert.Equal(1, waiting.Count);
    }

    [Fact]
    public void A_second_client_goes_before_what_the_first_one_left_in_the_line()
    {
        var waiting = Of(slots: 4, "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8");
        Assert.Equal("a1 a2 a3 a4", Fill(waiting, 4));
        waiting.Add(new Work("b1"));

        End("a1");

        Assert.Equal("b1", Fill(waiting, 4));
    }

    [Fact]
    public void Once_another_client_was_there_a_slot_stays_free_for_its_next_request()
    {
        var time = new SteppedTime();
        var waiting = new WaitingSequences<Work>(4, time);
        foreach (var name in (string[])["a1", "a2", "a3", "a4", "a5", "a6", "b1"])
            waiting.Add(new Work(name));
        Assert.Equal("a1 b1 a2 a3", Fill(waiting, 4));

        End("b1");
        Assert.Equal("", Fill(waiting, 4));
        waiting.Add(new Work("b2"));
        Assert.Equal("b2", Fill(waiting, 4));

        End("b2");
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal("a4", Fill(waiting, 4));
    }

    [Fact]
    public void With_one_slot_clients_take_turns()
    {
        var waiting = Of(slots: 1, "a1", "a2", "a3", "b1", "c1");
        var order = new List<string>();
        while (waiting.Count > 0)
        {
            order.Add(Fill(waiting, 1));
            _active.Clear();

            // The second client comes again each time, and the third has its turn all the same.
            if (order[^1].StartsWith('b') && order.Count < 5)
                waiting.Add(new Work($"b{order.Count}"));
        }

        Assert.Equal("a1 b1 c1 a2 b2 a3", string.Join(' ', order));
    }

    [Fact]
    public void A_higher_priority_goes_first_whoever_waits()
    {
        var waiting = Of(slots: 2, "a1", "a2");
        waiting.Add(new Work("a9") { Priority = 5 });

        Assert.Equal("a9 a1", Fill(waiting, 2));
    }

    [Fact]
    public void All_slots_are_used_where_several_clients_want_them()
    {
        var waiting = Of(slots: 4, "a1", "a2", "a3", "a4", "b1", "b2", "b3", "b4");

        Assert.Equal("a1 b1 a2 b2", Fill(waiting, 4));
        Assert.Equal(4, waiting.Clear().Count);
        Assert.Equal(0, waiting.Count);
    }

    [Fact]
    public void Who_has_many_slots_gives_one_to_a_client_that_waits_without_one_and_goes_on_first()
    {
        var time = new SteppedTime();
        var waiting = new WaitingSequences<Work>(4, time);
        foreach (var name in (string[])["a1", "a2", "a3", "a4", "a5"])
            waiting.Add(new Work(name));
        Fill(waiting, 4);
        waiting.Add(new Work("b1"));
        Assert.Null(waiting.Yielding(_active));

        time.Advance(TimeSpan.FromSeconds(2));
        var yielding = waiting.Yielding(_active)!;
        Assert.Equal("a4", yielding.Name);
        _active.Remove(yielding);
        waiting.Return(yielding);
        Assert.Equal("b1", Fill(waiting, 4));
        Assert.Null(waiting.Yielding(_active));

        End("a1");
        End("b1");
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("a4 a5", Fill(waiting, 4));
    }

    [Theory]
    [InlineData("a1 b1", "c1")]
    [InlineData("a1 a2", "a3")]
    public void Nobody_gives_up_the_only_slot_and_nobody_yields_to_itself(string active, string next)
    {
        var time = new SteppedTime();
        var waiting = new WaitingSequences<Work>(2, time);
        _active.AddRange(active.Split(' ').Select(name => new Work(name)));
        waiting.Add(new Work(next));
        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Null(waiting.Yielding(_active));
    }

    [Fact]
    public void What_cannot_go_on_later_and_what_has_a_higher_priority_keeps_its_slot()
    {
        var time = new SteppedTime();
        var waiting = new WaitingSequences<Work>(2, time);
        _active.AddRange([new Work("a1") { CanYield = false }, new Work("a2") { Priority = 1 }]);
        waiting.Add(new Work("b1"));
        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Null(waiting.Yielding(_active));
    }

    private static WaitingSequences<Work> Of(int slots, params string[] names)
    {
        var waiting = new WaitingSequences<Work>(slots, new SteppedTime());
        foreach (var name in names)
            waiting.Add(new Work(name));
        return waiting;
    }

    private string Fill(WaitingSequences<Work> waiting, int slots)
    {
        var taken = new List<string>();
        while (_active.Count < slots && waiting.TryTake(_active, out var next))
        {
            _active.Add(next);
            taken.Add(next.Name);
        }

        return string.Join(' ', taken);
    }

    private void End(string name) => _active.RemoveAll(work => work.Name == name);

    private sealed class SteppedTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        internal void Advance(TimeSpan by) => _now += by.Ticks;
    }

    private sealed record Work(string Name) : IClientWork
    {
        public string Client => Name[..1];

        public int Priority { get; init; }

        public bool CanYield { get; init; } = true;
    }
}
