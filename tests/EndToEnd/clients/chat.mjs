// Asks one question through a real client library and prints what it answers, as one JSON line.
// Usage: node chat.mjs openai|openai-stream|ollama|ollama-stream|anthropic BASE MODEL QUESTION
const [client, base, model, question] = process.argv.slice(2);
const messages = [{ role: "user", content: question }];

const ask = {
  async openai() {
    const { default: OpenAI } = await import("openai");
    const reply = await new OpenAI({ baseURL: `${base}/v1`, apiKey: "ollama" }).chat.completions.create({ model, messages, temperature: 0 });
    return { text: reply.choices[0].message.content, finish: reply.choices[0].finish_reason, tokens: reply.usage.completion_tokens };
  },
  async "openai-stream"() {
    const { default: OpenAI } = await import("openai");
    const stream = await new OpenAI({ baseURL: `${base}/v1`, apiKey: "ollama" }).chat.completions.create({ model, messages, temperature: 0, stream: true });
    let text = "", pieces = 0, finish = null;
    for await (const chunk of stream) {
      const delta = chunk.choices[0]?.delta?.content;
      if (delta) { text += delta; pieces++; }
      finish = chunk.choices[0]?.finish_reason ?? finish;
    }
    return { text, pieces, finish };
  },
  async ollama() {
    const { Ollama } = await import("ollama");
    const reply = await new Ollama({ host: base }).chat({ model, messages, options: { temperature: 0 } });
    return { text: reply.message.content, finish: reply.done_reason, tokens: reply.eval_count };
  },
  async "ollama-stream"() {
    const { Ollama } = await import("ollama");
    const stream = await new Ollama({ host: base }).chat({ model, messages, stream: true, options: { temperature: 0 } });
    let text = "", pieces = 0, finish = null;
    for await (const part of stream) {
      if (part.message.content) { text += part.message.content; pieces++; }
      finish = part.done_reason ?? finish;
    }
    return { text, pieces, finish };
  },
  async anthropic() {
    const { default: Anthropic } = await import("@anthropic-ai/sdk");
    const reply = await new Anthropic({ baseURL: base, apiKey: "ollama" }).messages.create({ model, messages, max_tokens: 200, temperature: 0 });
    return { text: reply.content.map(part => part.text ?? "").join(""), finish: reply.stop_reason, tokens: reply.usage.output_tokens };
  },
};

console.log(JSON.stringify(await ask[client]()));
