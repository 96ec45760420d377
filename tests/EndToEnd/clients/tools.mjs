// One round with a tool, streamed, and one mistake, through a real client library. Prints both as one JSON line.
// Usage: node tools.mjs responses|anthropic BASE MODEL
import { clients } from "./clients.mjs";

const [client, base, model] = process.argv.slice(2);
const { openai, anthropic } = clients(base);
const question = "What is the weather in Tokyo?";
const name = "get_weather", description = "Get the weather";
const schema = { type: "object", properties: { city: { type: "string", description: "The name of the city" } }, required: ["city"] };

const play = {
  async responses() {
    const common = { temperature: 0, tools: [{ type: "function", name, description, parameters: schema, strict: null }] };
    const input = [{ role: "user", content: question }];
    const first = await openai().responses.stream({ ...common, model, input }).finalResponse();
    const call = first.output.find(item => item.type === "function_call");
    const again = [...input, ...first.output, { type: "function_call_output", call_id: call.call_id, output: "sunny" }];
    const second = await openai().responses.stream({ ...common, model, input: again }).finalResponse();
    const error = await openai().responses.create({ ...common, model: "nobody", input }).catch(error => error);
    return { call: call.name, input: JSON.parse(call.arguments), text: second.output_text, status: error.status, type: error.type };
  },
  async anthropic() {
    const common = { max_tokens: 100, temperature: 0, tools: [{ name, description, input_schema: schema }] };
    const messages = [{ role: "user", content: question }];
    const first = await anthropic().messages.stream({ ...common, model, messages }).finalMessage();
    const call = first.content.find(block => block.type === "tool_use");
    const result = { role: "user", content: [{ type: "tool_result", tool_use_id: call.id, content: "sunny" }] };
    const again = [...messages, { role: "assistant", content: first.content }, result];
    const second = await anthropic().messages.stream({ ...common, model, messages: again }).finalMessage();
    const error = await anthropic().messages.create({ ...common, model: "nobody", messages }).catch(error => error);
    return { call: call.name, input: call.input, text: second.content[0].text, status: error.status, type: error.error?.error?.type };
  },
};

console.log(JSON.stringify(await play[client]()));
