// Several answers to one prompt, completions in their older form, token counts and lists of models, through real client libraries. Prints
// what came as one JSON line.
// Usage: node samples.mjs chat|chat-stream|completions|models|count BASE MODEL
import { clients } from "./clients.mjs";

const [task, base, model] = process.argv.slice(2);
const { openai, anthropic } = clients(base);
const messages = [{ role: "user", content: "Why is the sky blue?" }];
const sampling = { model, n: 4, seed: 7, temperature: 2, max_tokens: 5 };

const texts = choices => choices.map(choice => choice.message.content);

const play = {
  async chat() {
    const first = await openai().chat.completions.create({ ...sampling, messages });
    const again = await openai().chat.completions.create({ ...sampling, messages });
    const alone = await openai().chat.completions.create({ ...sampling, n: 1, messages });
    const error = await openai().chat.completions.create({ ...sampling, n: 17, messages }).catch(error => error);
    return {
      texts: texts(first.choices), again: texts(again.choices), alone: texts(alone.choices),
      indices: first.choices.map(choice => choice.index), prompt: first.usage.prompt_tokens, promptAlone: alone.usage.prompt_tokens,
      completion: first.usage.completion_tokens, completionAlone: alone.usage.completion_tokens, status: error.status, message: error.message,
    };
  },
  async "chat-stream"() {
    const long = { ...sampling, temperature: 0, max_tokens: 60, messages };
    const whole = await openai().chat.completions.create(long);
    const stream = await openai().chat.completions.create({ ...long, stream: true, stream_options: { include_usage: true } });
    const [told, order, finish] = [["", "", "", ""], [], []];
    let usage;
    for await (const chunk of stream) {
      usage = chunk.usage ?? usage;
      for (const choice of chunk.choices) {
        told[choice.index] += choice.delta.content ?? "";
        order.push(choice.index);
        if (choice.finish_reason) finish[choice.index] = choice.finish_reason;
      }
    }
    return { texts: told, whole: texts(whole.choices), order, finish, usage, wholeUsage: whole.usage };
  },
  async completions() {
    const common = { model, temperature: 0, max_tokens: 12 };
    const single = await openai().completions.create({ ...common, prompt: "Count to five.", logprobs: 2 });
    const several = await openai().completions.create({ ...common, prompt: ["Count to five.", "Why is the sky blue?"] });
    const echoed = await openai().completions.create({ ...common, prompt: "Count to five.", echo: true });
    const tokens = await openai().completions.create({ ...common, prompt: [[70, 71], [72]], echo: true });
    const unknown = await openai().completions.create({ ...common, prompt: [99999999] }).catch(error => error);
    const best = await openai().completions.create({ ...common, temperature: 1.5, seed: 3, prompt: "Count to five.", n: 2, best_of: 6 });
    return {
      single: single.choices[0], several: several.choices.map(choice => choice.text), echoed: echoed.choices[0].text,
      tokens: tokens.choices.map(choice => choice.text), unknown: unknown.status, unknownMessage: unknown.message,
      best: best.choices.length, bestTokens: best.usage.completion_tokens, prompt: single.usage.prompt_tokens, bestPrompt: best.usage.prompt_tokens,
    };
  },
  async models() {
    const listed = [];
    for await (const found of anthropic().models.list({ limit: 1 })) listed.push(found);
    const one = await anthropic().models.retrieve(model);
    const missing = await anthropic().models.retrieve("nobody").catch(error => error);
    const usual = [];
    for await (const found of openai().models.list()) usual.push(found);
    return { listed, one, status: missing.status, type: missing.error?.error?.type, usual };
  },
  async count() {
    const tools = [{ name: "get_weather", description: "Get the weather", input_schema: { type: "object", properties: { city: { type: "string" } } } }];
    const plain = await anthropic().messages.countTokens({ model, messages });
    const whole = await anthropic().messages.countTokens({ model, messages, system: "Be brief.", tools });
    const reply = await anthropic().messages.create({ model, messages, system: "Be brief.", tools, max_tokens: 4 });
    const beta = await anthropic().beta.messages.countTokens({ model, messages });
    const missing = await anthropic().messages.countTokens({ model: "nobody", messages }).catch(error => error);
    return {
      plain: plain.input_tokens, whole: whole.input_tokens, used: reply.usage.input_tokens, beta: beta.input_tokens,
      status: missing.status, type: missing.error?.error?.type,
    };
  },
};

console.log(JSON.stringify(await play[task]()));
