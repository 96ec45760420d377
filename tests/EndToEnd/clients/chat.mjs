// Asks one question through a real client library and prints what it answers, as one JSON line.
// Usage: node chat.mjs CLIENT BASE MODEL QUESTION, where CLIENT is one of the names below.
import { clients } from "./clients.mjs";

const [client, base, model, question] = process.argv.slice(2);
const { openai, ollama, anthropic } = clients(base);
const messages = [{ role: "user", content: question }];
const options = { model, messages, temperature: 0 };

/** Puts the pieces of a stream together. */
async function collect(stream, read) {
  let text = "", pieces = 0, finish = null;
  for await (const part of stream) {
    const { delta, reason } = read(part);
    if (delta) { text += delta; pieces++; }
    finish = reason ?? finish;
  }
  return { text, pieces, finish };
}

const ask = {
  async openai() {
    const reply = await openai().chat.completions.create(options);
    return { text: reply.choices[0].message.content, finish: reply.choices[0].finish_reason, tokens: reply.usage.completion_tokens };
  },
  async "openai-stream"() {
    const stream = await openai().chat.completions.create({ ...options, stream: true });
    return collect(stream, chunk => ({ delta: chunk.choices[0]?.delta?.content, reason: chunk.choices[0]?.finish_reason }));
  },
  async responses() {
    const reply = await openai().responses.create({ model, input: question, temperature: 0 });
    return { text: reply.output_text, finish: reply.status, tokens: reply.usage.output_tokens };
  },
  async "responses-stream"() {
    const stream = openai().responses.stream({ model, input: question, temperature: 0 });
    const told = await collect(stream, event => ({ delta: event.type === "response.output_text.delta" ? event.delta : "" }));
    const reply = await stream.finalResponse();
    return { ...told, text: reply.output_text === told.text ? told.text : "the pieces are not the whole", finish: reply.status };
  },
  async ollama() {
    const reply = await ollama().chat({ model, messages, options: { temperature: 0 } });
    return { text: reply.message.content, finish: reply.done_reason, tokens: reply.eval_count };
  },
  async "ollama-stream"() {
    const stream = await ollama().chat({ model, messages, stream: true, options: { temperature: 0 } });
    return collect(stream, part => ({ delta: part.message.content, reason: part.done_reason }));
  },
  async anthropic() {
    const reply = await anthropic().messages.create({ ...options, max_tokens: 200 });
    return { text: reply.content.map(part => part.text ?? "").join(""), finish: reply.stop_reason, tokens: reply.usage.output_tokens };
  },
  async "anthropic-stream"() {
    const stream = anthropic().messages.stream({ ...options, max_tokens: 200 });
    const told = await collect(stream, event => ({ delta: event.delta?.text, reason: event.delta?.stop_reason }));
    const reply = await stream.finalMessage();
    return { ...told, text: reply.content[0].text === told.text ? told.text : "the pieces are not the whole", tokens: reply.usage.output_tokens };
  },
};

console.log(JSON.stringify(await ask[client]()));
