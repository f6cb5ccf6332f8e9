// Compares a heap snapshot of ours with what @memlab/core reads from it.
//
//     node compare_heap.js FILE.heapsnapshot FILE.jsonl
//
// The one file is parsed by memlab, which finds dominators and retained sizes itself; the other has
// ours. They are of one run. Compared are how many objects and references there are, and of each
// object its type or label, bytes, references and retained bytes.

"use strict";

const fs = require("fs");
const readline = require("readline");
const { TraceFinder, config, utils } = require("@memlab/core");

async function main(snapshotFile, linesFile) {
  config.muteConsole = true;
  const heap = await utils.getSnapshotFromFile(snapshotFile, { buildNodeIdIndex: true });
  new TraceFinder().calculateAllNodesRetainedSizes(heap);

  const theirs = new Map();
  let theirEdges = 0;
  heap.nodes.forEach((node) => {
    if (node.type !== "synthetic") {
      theirs.set(node.id, node);
      theirEdges += node.edge_count;
    }
  });

  const problems = [];
  let header = null;
  let objects = 0;
  let retained = 0;
  const lines = readline.createInterface({ input: fs.createReadStream(linesFile) });
  for await (const line of lines) {
    const ours = JSON.parse(line);
    if (header === null) {
      header = ours;
      continue;
    }
    if (ours.id === undefined) {
      continue;
    }
    objects += 1;
    const node = theirs.get(ours.id);
    if (node === undefined) {
      problems.push(`object ${ours.id} is not in the snapshot`);
      continue;
    }
    retained += ours.retained > ours.bytes ? 1 : 0;
    const pairs = [
      ["bytes", ours.bytes, node.self_size],
      ["references", ours.references.length, node.edge_count],
      ["retained bytes", ours.retained, node.retainedSize],
      ["name", true, node.name === ours.type || node.name === ours.label],
    ];
    for (const [what, our, their] of pairs) {
      if (our !== their) {
        problems.push(`object ${ours.id}, ${what}: ours ${our}, memlab ${their}`);
      }
    }
    const targets = node.references.map((edge) => edge.toNode.id);
    if (JSON.stringify(targets) !== JSON.stringify(ours.references.map((to) => to[2]))) {
      problems.push(`object ${ours.id} refers to others`);
    }
  }
  if (objects !== theirs.size || objects !== header.objects) {
    problems.push(`objects: ours ${objects}, announced ${header.objects}, memlab ${theirs.size}`);
  }
  if (header.references !== theirEdges) {
    problems.push(`references: ours ${header.references}, memlab ${theirEdges}`);
  }
  // A snapshot in which nothing retains anything would compare nothing.
  if (retained === 0) {
    problems.push("no object retains more than itself");
  }
  problems.slice(0, 20).forEach((problem) => console.error(problem));
  console.log(
    `${objects} objects, ${theirEdges} references, ${retained} that retain others: ` +
      (problems.length === 0 ? "equal" : `${problems.length} differences`),
  );
  process.exitCode = problems.length === 0 ? 0 : 1;
}

main(process.argv[2], process.argv[3]).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
