// The client libraries, made for one server. A retry would hide what the first answer was.
import Anthropic from "@anthropic-ai/sdk";
import { Ollama } from "ollama";
import OpenAI from "openai";

export const clients = base => ({
  openai: () => new OpenAI({ baseURL: `${base}/v1`, apiKey: "ollama", maxRetries: 0 }),
  ollama: () => new Ollama({ host: base }),
  anthropic: () => new Anthropic({ baseURL: base, apiKey: "ollama", maxRetries: 0 }),
});
