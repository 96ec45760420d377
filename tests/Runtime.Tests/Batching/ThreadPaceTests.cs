using ModelOps.Runtime.Batching;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Tests.Batching;

public class ThreadPaceTests
{
    [Fact]
    public void On_a_quiet_machine_all_threads_compute()
    {
        var machine = new Machine(most: 2);

        machine.Run(steps: 1000);

        Assert.Equal(2, machine.Pace.Threads);
        Assert.Equal(ThreadChoice.All, machine.Pace.Choice);
        Assert.InRange(machine.StepsWith(1), 1, 6);
    }

    [Fact]
    public void A_busy_neighbour_is_seen_within_ten_slow_steps()
    {
        var machine = new Machine(most: 2);
        machine.Run(steps: 100);
        machine.Busy = 1;

        var steps = machine.RunUntil(() => machine.Pace is { Threads: 1, Choice: ThreadChoice.BusyMachine }, limit: 20);

        Assert.InRange(steps, 4, 11);
    }

    [Fact]
    public void A_neighbour_that_was_there_before_the_load_is_seen_too()
    {
        var machine = new Machine(most: 2) { Busy = 1 };

        machine.RunUntil(() => machine.Pace is { Threads: 1, Choice: ThreadChoice.BusyMachine }, limit: 10);

        Assert.Equal(1, machine.Pace.Threads);
    }

    [Fact]
    public void One_of_many_processors_that_is_busy_costs_one_thread()
    {
        var machine = new Machine(most: 8);
        machine.Run(steps: 100);
        machine.Busy = 1;

        machine.Run(steps: 200);

        Assert.Equal(7, machine.Settled());
    }

    [Fact]
    public void Many_busy_processors_cost_as_many_threads()
    {
        var machine = new Machine(most: 8);
        machine.Run(steps: 100);
        machine.Busy = 5;

        machine.Run(steps: 200);

        Assert.Equal(2, machine.Settled());
    }

    [Fact]
    public void When_the_neighbour_is_gone_all_threads_return()
    {
        var machine = new Machine(most: 2);
        machine.Run(steps: 100);
        machine.Busy = 1;
        machine.RunFor(TimeSpan.FromMinutes(3));
        machine.Busy = 0;

        machine.RunFor(TimeSpan.FromSeconds(40));

        Assert.Equal(2, machine.Pace.Threads);
        Assert.Equal(ThreadChoice.All, machine.Pace.Choice);
    }

    [Fact]
    public void A_neighbour_that_stays_is_asked_less_and_less()
    {
        var machine = new Machine(most: 2) { Busy = 1 };
        machine.RunFor(TimeSpan.FromMinutes(5));
        var before = machine.TimeWith(2);

        machine.RunFor(TimeSpan.FromMinutes(5));

        Assert.InRange(machine.TimeWith(2) - before, TimeSpan.Zero, TimeSpan.FromMinutes(5) * 0.06);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_small_model_keeps_its_threads_whatever_stalls_its_short_steps_for_a_moment(int seed)
    {
        // Steps of 0.1 ms: waking the threads of another number takes half of one, and now and then several in a row are late.
        var random = new Random(seed);
        var machine = new Machine(most: 2) { Work = 0.0022, Noise = random, Waking = TimeSpan.FromMilliseconds(0.05) };
        for (var burst = 0; burst < 300; burst++)
        {
            machine.RunFor(TimeSpan.FromMilliseconds(random.Next(20, 200)));
            for (var late = random.Next(0, 7); late > 0; late--)
                machine.Stall(times: random.Next(3, 9));
        }

        Assert.InRange(machine.TimeWith(1) / machine.Total, 0, 0.04);
        Assert.Equal(2, machine.Settled());
    }

    [Fact]
    public void A_single_stall_changes_nothing()
    {
        var machine = new Machine(most: 2);
        machine.Run(steps: 100);

        machine.Stall(times: 100);

        Assert.Equal(2, machine.Pace.Threads);
    }

    [Fact]
    public void Steps_that_are_slow_because_they_are_larger_keep_their_threads()
    {
        var machine = new Machine(most: 2);
        machine.Run(steps: 100);
        machine.Work = 5;

        machine.Run(steps: 40);

        Assert.Equal(2, machine.Settled());
        Assert.InRange(machine.StepsWith(1), 1, 12);
    }

    [Fact]
    public void Threads_that_were_asked_for_stay()
    {
        var machine = new Machine(most: 2, isFixed: true) { Busy = 1 };

        machine.Run(steps: 100);

        Assert.Equal(2, machine.Pace.Threads);
        Assert.Equal(ThreadChoice.Fixed, machine.Pace.Choice);
    }

    [Fact]
    public void Whatever_the_neighbours_do_the_number_stays_allowed_and_the_work_gets_done()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var most = random.Next(1, 17);
            var machine = new Machine(most) { Noise = random };
            for (var change = 0; change < 20; change++)
            {
                machine.Busy = random.Next(0, most);
                machine.Tokens = random.Next(3) == 0 ? random.Next(1, 600) : 1;
                machine.Run(steps: random.Next(1, 200));
                Assert.InRange(machine.Pace.Threads, 1, most);
            }

            // What it settles on is never the cliff: at most twice as slow as the best choice, from any history.
            (machine.Busy, machine.Tokens) = (random.Next(0, most), 1);
            machine.RunFor(TimeSpan.FromMinutes(7));
            var best = Enumerable.Range(1, most).Min(machine.Seconds);
            Assert.True(machine.Seconds(machine.Settled()) <= best * 2.1,
                $"seed {seed}: {machine.Pace.Threads} threads of {most}, {machine.Busy} busy");
        }
    }

    /// <summary>A machine with as many processors as threads, whose steps follow the measured cliff.</summary>
    private sealed class Machine(int most, bool isFixed = false)
    {
        private readonly Dictionary<int, (int Steps, TimeSpan Time)> _spent = [];
        private TimeSpan _now;
        private int _threads;

        internal ThreadPace Pace { get; } = new(most, isFixed);

        internal int Busy { get; set; }

        internal int Tokens { get; set; } = 1;

        internal double Work { get; set; } = 1;

        internal Random? Noise { get; init; }

        /// <summary>What the first step with another number of threads takes longer.</summary>
        internal TimeSpan Waking { get; init; }

        internal TimeSpan Total => _now;

        internal int StepsWith(int threads) => _spent.GetValueOrDefault(threads).Steps;

        internal TimeSpan TimeWith(int threads) => _spent.GetValueOrDefault(threads).Time;

        internal double Seconds(int threads)
        {
            var work = 0.09 * Work * (1 + (Tokens * 0.05));
            return threads > most - Busy ? work * 20 / most : work / threads;
        }

        internal void Run(int steps)
        {
            for (var step = 0; step < steps; step++)
                Step(1);
        }

        internal void RunFor(TimeSpan time)
        {
            for (var end = _now + time; _now < end;)
                Step(1);
        }

        internal int RunUntil(Func<bool> isDone, int limit)
        {
            for (var step = 0; step < limit; step++)
            {
                if (isDone())
                    return step;

                Step(1);
            }

            Assert.Fail($"not within {limit} steps");
            return limit;
        }

        internal void Stall(double times) => Step(times);

        /// <summary>The number outside of a trial.</summary>
        internal int Settled()
        {
            for (var step = 0; step < 1000 && Pace.Choice == ThreadChoice.Trial; step++)
                Step(1);

            return Pace.Threads;
        }

        private void Step(double times)
        {
            var threads = Pace.Threads;
            var noise = Noise is null ? 1 : 0.85 + (Noise.NextDouble() * 0.3);
            var elapsed = TimeSpan.FromSeconds(Seconds(threads) * times * noise)
                + (_threads == 0 || threads == _threads ? TimeSpan.Zero : Waking);
            _threads = threads;
            _now += elapsed;
            var (steps, time) = _spent.GetValueOrDefault(threads);
            _spent[threads] = (steps + 1, time + elapsed);
            Pace.Observe(Tokens, elapsed, _now);
        }
    }
}
