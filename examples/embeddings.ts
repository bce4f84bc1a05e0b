/**
 * Sorts messages by their embeddings, and leaves to a person what the classifier is not sure of.
 *
 *   node examples/embeddings.ts         Node 22.18 or newer
 *   npx tsx examples/embeddings.ts      older
 *
 * An encoder would give the embeddings. Here they are made up: for each topic a direction, and noise around it.
 */
import { Classifier, RandomState } from 'two-layer-net';

const TOPICS = ['billing', 'delivery', 'returns', 'other'];
const D = 384;
const random = new RandomState(0);
const centers = TOPICS.map(() => random.randn(D).map((value) => 0.15 * value));

/** The embedding of a message about a topic (D). */
const embed = (topic: string) => {
  const center = centers[TOPICS.indexOf(topic)];
  return random.randn(D).map((value, d) => value + center[d]);
};
const messages = (count: number) =>
  Array.from({ length: count }, (_, i) => {
    const topic = TOPICS[i % TOPICS.length];
    return { topic, embedding: embed(topic) };
  });

// 1. Train on messages whose topics are known. Labels are names.
const known = messages(1200);
const classifier = await Classifier.fit(
  known.map(({ embedding }) => embedding),
  known.map(({ topic }) => topic),
);

// 2. Choose the threshold on messages that training has not seen: the lowest one with 99 % right among what it keeps.
const held = messages(800).map(({ topic, embedding }) => ({ topic, ...classifier.top(embedding)[0] }));
const rightAbove = (threshold: number) => {
  const kept = held.filter(({ probability }) => probability >= threshold);
  const right = kept.filter(({ topic, name }) => name === topic).length;
  return { kept: kept.length / held.length, right: right / kept.length };
};
const thresholds = Array.from({ length: 50 }, (_, i) => 0.5 + i / 100);
const threshold = thresholds.find((value) => rightAbove(value).right >= 0.99) ?? 0.99;
for (const value of [0, threshold]) {
  const { kept, right } = rightAbove(value);
  console.log(`at ${value.toFixed(2)} or more: ${(100 * kept).toFixed(0)} % kept, ${(100 * right).toFixed(1)} % right`);
}

// 3. Sort new messages.
for (const { topic, embedding } of messages(8)) {
  const [best, second] = classifier.top(embedding, 2);
  const sure = best.probability >= threshold;
  const words = sure ? best.name : `a person decides between ${best.name} and ${second.name}`;
  console.log(`${topic}: ${words} (${best.probability.toFixed(2)})`);
}
