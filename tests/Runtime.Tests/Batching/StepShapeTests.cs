using ModelOps.Runtime.Batching;

namespace ModelOps.Runtime.Tests.Batching;

public class StepShapeTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    /// <summary>As measured on two cores with 512 bits, milliseconds by sequences of a call.</summary>
    private static readonly double[] s_halfBillion =
        [0, 15, 39, 50, 56, 71, 74, 83, 66, 78, 82, 85, 87, 98, 105, 110, 93];

    /// <summary>As measured on a newer processor, with vectors of 512 bits and with those of 256.</summary>
    private static readonly double[] s_wide = [0, 15.7, 42, 49, 57, 73, 77, 83, 72, 80, 87, 91, 78, 93, 99, 105, 80];
    private static readonly double[] s_narrow = [0, 15.7, 42, 57, 47, 66, 54, 63, 50, 69, 67, 83, 77, 94, 85, 103, 95];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void After_it_has_learned_a_round_takes_at_most_three_percent_more_than_the_best_cut(int seed)
    {
        var random = new Random(seed);
        var machine = Machine.Of(random, slots: random.Next(2, 17), noise: 0.01);
        machine.OccupySome(random);

        machine.Rounds(3000);

        Assert.InRange(machine.SecondsOf(rounds: 300), 0, machine.BestRound() * 300 * 1.03);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_sequence_gets_one_token_a_round_and_no_round_takes_much_longer_than_the_whole_in_one(int seed)
    {
        var random = new Random(seed);
        var machine = Machine.Of(random, slots: random.Next(2, 17), noise: 0.02);
        machine.OccupySome(random);
        machine.Rounds(400);

        var longest = machine.Rounds(200);

        // A trial of one more size is all that may come on top.
        Assert.InRange(longest, 0, (machine.NaturalRound() * 1.1) + machine.DearestCall());
    }

    [Fact]
    public void Two_streams_of_which_each_alone_is_faster_take_turns()
    {
        var machine = new Machine(s_halfBillion, slots: 16, seed: 1, noise: 0.02);
        machine.Occupy(0, 1);

        machine.Rounds(300);

        Assert.Equal(0.030, machine.SecondsOf(rounds: 200) / 200, 0.0012);
    }

    [Fact]
    public void Seven_streams_are_padded_to_eight()
    {
        var machine = new Machine(s_halfBillion, slots: 8, seed: 1, noise: 0.02);
        machine.Occupy(0, 1, 2, 3, 4, 5, 6);

        machine.Rounds(300);

        Assert.Equal(0.066, machine.SecondsOf(rounds: 200) / 200, 0.003);
    }

    [Fact]
    public void A_hole_that_one_stream_left_is_filled()
    {
        var machine = new Machine(s_halfBillion, slots: 16, seed: 1, noise: 0.02);
        machine.Occupy([.. Enumerable.Range(0, 16)]);
        machine.Rounds(100);
        machine.Occupy([.. Enumerable.Range(0, 16).Where(slot => slot != 5)]);

        machine.Rounds(100);

        Assert.Equal(0.093, machine.SecondsOf(rounds: 200) / 200, 0.004);
    }

    [Theory]
    [InlineData(2, 31.4)]
    [InlineData(4, 47)]
    [InlineData(6, 50)]
    [InlineData(8, 50)]
    [InlineData(16, 80)]
    public void Each_size_is_computed_with_the_variant_that_is_faster_for_it(int streams, double milliseconds)
    {
        var machine = new Machine(s_wide, slots: 16, seed: 8, noise: 0.02, s_narrow);
        machine.Occupy([.. Enumerable.Range(0, streams)]);

        machine.Rounds(400);

        Assert.InRange(machine.SecondsOf(rounds: 200) / 200 * 1000, milliseconds * 0.95, milliseconds * 1.04);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void With_two_variants_a_round_takes_at_most_three_percent_more_than_the_best_cut(int seed)
    {
        var random = new Random(seed);
        var machine = Machine.Of(random, slots: random.Next(2, 17), noise: 0.01, hasSecond: true);
        machine.OccupySome(random);

        machine.Rounds(6000);

        Assert.InRange(machine.SecondsOf(rounds: 300), 0, machine.BestRound() * 300 * 1.03);
    }

    [Fact]
    public void One_alone_is_never_computed_with_the_second_variant()
    {
        var machine = new Machine([0, 20, 30, 40, 50], slots: 4, seed: 9, noise: 0.01, [0, 5, 30, 40, 50]);
        machine.Occupy(2);

        machine.Rounds(500);

        Assert.DoesNotContain((1, true), machine.Computed);
    }

    [Fact]
    public void What_is_known_is_not_tried_again_and_again()
    {
        var machine = new Machine(s_halfBillion, slots: 4, seed: 3, noise: 0.02);
        machine.Occupy(0, 1, 2, 3);
        machine.Rounds(500);

        machine.Calls.Clear();
        machine.Rounds(500);

        // Four in one are best here; others are at most looked at again once in a while.
        Assert.InRange(machine.Calls.Count(call => call != 4), 0, 25);
    }

    [Fact]
    public void Two_cuts_that_cost_the_same_do_not_alternate()
    {
        var machine = new Machine([0, 10, 20, 30, 40], slots: 4, seed: 4, noise: 0.01);
        machine.Occupy(0, 1, 2, 3);
        machine.Rounds(1000);

        machine.Calls.Clear();
        machine.Rounds(300);

        Assert.InRange(machine.Calls.Count(call => call == 4), 280, 300);
    }

    [Fact]
    public void Where_times_are_noise_a_round_is_one_call()
    {
        var machine = new Machine([0, 10, 25, 36, 44], slots: 4, seed: 5, noise: 0.9);
        machine.Occupy(0, 1, 2, 3);
        machine.Rounds(300);

        machine.Calls.Clear();
        machine.Rounds(200);

        Assert.InRange(machine.Calls.Count(call => call == 4), 150, 200);
    }

    [Fact]
    public void Steps_below_a_millisecond_are_whole()
    {
        var machine = new Machine([0, 0.1, 0.9, 0.95, 0.99], slots: 4, seed: 6, noise: 0);
        machine.Occupy(0, 1, 3);

        machine.Rounds(200);

        Assert.All(machine.Calls, call => Assert.Equal(0, call));
    }

    [Fact]
    public void What_has_become_dear_is_left_at_once()
    {
        var machine = new Machine([0, 10, 30, 40, 50], slots: 4, seed: 7, noise: 0.01);
        machine.Occupy(0, 1);
        machine.Rounds(300);
        machine.Costs = [0, 25, 30, 40, 50];
        machine.Rounds(10);

        Assert.Equal(0.030, machine.SecondsOf(rounds: 50) / 50, 0.001);
    }

    [Fact]
    public void A_machine_that_changes_is_learned_anew()
    {
        var machine = new Machine([0, 10, 30, 40, 50], slots: 4, seed: 7, noise: 0.01);
        machine.Occupy(0, 1);
        machine.Rounds(300);
        machine.Costs = [0, 10, 12, 14, 16];
        machine.Rounds(12_000);

        Assert.Equal(0.012, machine.SecondsOf(rounds: 200) / 200, 0.001);
    }

    /// <summary>A machine on which a call costs what its table says, and slots that are in use.</summary>
    private sealed class Machine(double[] milliseconds, int slots, int seed, double noise, double[]? second = null)
    {
        private readonly Random _random = new(seed);
        private readonly StepShape _shape = new(hasSecond: second is not null);
        private readonly SlotUse[] _slots = new SlotUse[slots];
        private int[] _used = [];

        internal double[] Costs { get; set; } = milliseconds;

        /// <summary>Size of each call; 0 for a whole step.</summary>
        internal List<int> Calls { get; } = [];

        /// <summary>Size of each call that is a block, and whether the second variant computed it.</summary>
        internal List<(int Size, bool IsSecond)> Computed { get; } = [];

        internal static Machine Of(Random random, int slots, double noise, bool hasSecond = false) =>
            new(Some(random, slots), slots, random.Next(), noise, hasSecond ? Some(random, slots) : null);

        internal void Occupy(params int[] used) => _used = used;

        internal void OccupySome(Random random)
        {
            int[] some = [.. Enumerable.Range(0, slots).Where(_ => random.Next(3) > 0)];
            Occupy(some.Length > 0 ? some : [0]);
        }

        internal double SecondsOf(int rounds) => Enumerable.Range(0, rounds).Sum(_ => Round());

        /// <returns>Seconds of the longest.</returns>
        internal double Rounds(int count) => Enumerable.Range(0, count).Max(_ => Round());

        internal double DearestCall() => Costs.Max() / 1000;

        /// <summary>Every run of used slots as one call.</summary>
        internal double NaturalRound()
        {
            var (sum, run) = (0.0, 0);
            for (var slot = 0; slot <= slots; slot++)
            {
                if (_used.Contains(slot))
                    run++;
                else
                    (sum, run) = (sum + Costs[run], 0);
            }

            return sum / 1000;
        }

        /// <summary>Least of all cuts, found without the way in which the shape finds it.</summary>
        internal double BestRound()
        {
            var known = new Dictionary<int, double>();
            double From(int at)
            {
                if (at >= slots)
                    return 0;
                if (known.TryGetValue(at, out var seconds))
                    return seconds;
                var best = _used.Contains(at) ? double.PositiveInfinity : From(at + 1);
                for (var size = 1; at + size <= slots; size++)
                    best = Math.Min(best, (Least(size) / 1000) + From(at + size));
                return known[at] = best;
            }

            return From(0);
        }

        private double Least(int size) => second is null || size == 1 ? Costs[size] : Math.Min(Costs[size], second[size]);

        private static double[] Some(Random random, int slots) =>
            [0, .. Enumerable.Range(1, slots).Select(size => 5 + (random.NextDouble() * 15 * size))];

        private double Round()
        {
            Array.Fill(_slots, SlotUse.Spare);
            foreach (var slot in _used)
                _slots[slot] = SlotUse.Due;
            var seconds = 0.0;
            for (var calls = 0; _slots.Contains(SlotUse.Due); calls++)
            {
                Assert.True(calls < slots, "a round does not end");
                seconds += Call(_shape.Next(_slots, threads: 2));
            }

            return seconds;
        }

        private double Call(SlotBlock block)
        {
            Assert.True(block.IsAll || Enumerable.Range(block.First, block.Count).All(slot => _slots[slot] != SlotUse.Shut));
            int[] served = [.. _used.Where(slot => _slots[slot] == SlotUse.Due && block.Holds(slot))];
            Assert.NotEmpty(served);
            foreach (var slot in served)
                _slots[slot] = SlotUse.Shut;
            var isOne = !block.IsAll || served[^1] - served[0] + 1 == served.Length;
            var size = block.IsAll ? served.Length : block.Count;
            var seconds = (block.IsSecond ? second! : Costs)[size] / 1000 * (1 + (noise * ((_random.NextDouble() * 2) - 1)));
            _shape.Observe(isOne ? size : 0, block.IsSecond, threads: 2, TimeSpan.FromSeconds(seconds));
            Calls.Add(block.Count);
            Computed.Add((block.Count, block.IsSecond));
            return seconds;
        }
    }
}
