// Compiles the environment `bench` of a folder in a fresh process, and prints how many milliseconds that took.
import { compile } from "../dist/graph/compile.js";

const began = performance.now();
const { graph } = compile({ configs: "configs", environment: "bench", cwd: process.argv[2] });
const milliseconds = performance.now() - began;
const edges = [...graph.followers.values()].reduce((sum, followers) => sum + followers.length, 0);
console.log(JSON.stringify({ milliseconds, parameters: graph.parameters.size, edges }));
