// Reads charts with mermaid's own parser. Takes files; prints a JSON list: for each an error, or what the parser
// understood of it.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(resolve(process.env.RAFT_LINT_MODULES, "here.js"));
const { JSDOM } = require("jsdom");

// The parser cleans labels with the help of a document.
const { window } = new JSDOM("<!DOCTYPE html><body></body>");
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import(pathToFileURL(require.resolve("mermaid")).href);
// A renderer can be told to take a big chart; whether it is inert does not depend on its size.
mermaid.initialize({ startOnLoad: false, maxEdges: 100_000 });

const results = [];
for (const file of process.argv.slice(2)) {
  try {
    const { db, type } = await mermaid.mermaidAPI.getDiagramFromText(readFileSync(file, "utf8"));
    const nodes = Array.from(db.getVertices().values());
    results.push({
      type,
      nodes: nodes.map((node) => ({ id: node.id, text: node.text, classes: node.classes, link: node.link ?? null })),
      edges: db.getEdges().map(({ start, end }) => [start, end]),
      groups: db.getSubGraphs().map(({ id, title }) => ({ id, title })),
    });
  } catch (error) {
    results.push({ error: `${error}`.slice(0, 2000) });
  }
}
console.log(JSON.stringify(results));
