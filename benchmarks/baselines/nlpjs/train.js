// Reads {training: [[text, label]], texts: [text]}; writes {labels: [label], seconds}.
'use strict';

const fs = require('fs');
const { containerBootstrap } = require('@nlpjs/core');
const { LangPt } = require('@nlpjs/lang-pt');
const { Nlp } = require('@nlpjs/nlp');

// nlp.js's own name for a message that it takes for none of its intents.
const NONE = 'None';

async function learned(training) {
  const container = containerBootstrap();
  container.use(LangPt);
  const settings = { languages: ['pt'], autoSave: false, nlu: { log: false } };
  const nlp = new Nlp({ ...settings, container });
  for (const [text, label] of training) nlp.addDocument('pt', text, label);
  await nlp.train();
  return nlp;
}

// Its best intent whatever the score: its threshold and its None would only refuse more.
async function first(nlp, text) {
  const { classifications } = await nlp.process('pt', text);
  const named = classifications.find((one) => one.intent !== NONE);
  return named ? named.intent : NONE;
}

async function main() {
  const { training, texts } = JSON.parse(fs.readFileSync(0, 'utf8'));
  const start = process.hrtime.bigint();
  const nlp = await learned(training);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const labels = [];
  for (const text of texts) labels.push(await first(nlp, text));
  process.stdout.write(JSON.stringify({ labels, seconds }));
}

main();
