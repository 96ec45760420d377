using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Sampling;

/// <summary>Builds native sampler chains in the reference's order.</summary>
internal static class SamplerChain
{
    internal static SamplerHandle Create() =>
        LlamaNative.llama_sampler_chain_init(new LlamaSamplerChainParams { NoPerformanceCounters = 1 });

    private static void Add(SamplerHandle chain, SamplerPointer sampler) => LlamaNative.llama_sampler_chain_add(chain, sampler);

    /// <summary>What comes after penalties: top_k, typical_p, top_p, min_p, temperature, and the draw.</summary>
    internal static void AddChoice(SamplerHandle chain, SamplingSettings settings, bool withTop)
    {
        var greedy = settings.Temperature <= 0f;
        if (withTop && settings.TopK > 0 && !greedy)
            Add(chain, LlamaNative.llama_sampler_init_top_k(settings.TopK));

        if (settings.TypicalP < 1f)
            Add(chain, LlamaNative.llama_sampler_init_typical(settings.TypicalP, 0));

        if (greedy)
        {
            Add(chain, LlamaNative.llama_sampler_init_greedy());
            return;
        }

        if (settings.TopP < 1f)
            Add(chain, LlamaNative.llama_sampler_init_top_p(settings.TopP, 0));

        if (settings.MinP > 0f)
            Add(chain, LlamaNative.llama_sampler_init_min_p(settings.MinP, 0));

        Add(chain, LlamaNative.llama_sampler_init_temp(settings.Temperature));
        Add(chain, LlamaNative.llama_sampler_init_dist(settings.Seed < 0 ? NewSeed() : (uint)settings.Seed));
    }

    /// <summary>The seed is not secret, so 4 MB of a cryptographic library in every worker are not worth it.</summary>
    private static uint NewSeed() => (uint)Random.Shared.Next();
}
