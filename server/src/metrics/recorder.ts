import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { CATALOGUE, type LabelsOf, type Metric, type MetricName, type NameOf, OTHER } from './catalogue.ts'

/** Counts by the catalogue, and writes down what it has. */
export interface Recorder {
  /** @param by more than zero */
  count<Name extends NameOf<'counter'>>(name: Name, labels: LabelsOf<Name>, by?: number): void
  measure<Name extends NameOf<'histogram'>>(name: Name, labels: LabelsOf<Name>, value: number): void
  set<Name extends NameOf<'gauge'>>(name: Name, labels: LabelsOf<Name>, value: number): void
  readonly registry: Registry
}

// Counters with few series show all of them from the start, because a rate cannot be told of what has just appeared. The
// others, by endpoint, would show hundreds that stay empty.
const SHOWN_FROM_START_MAX = 40

/** Makes a registry of its own for every metric of the catalogue. */
export function createRecorder(): Recorder {
  const registry = new Registry()
  const counters = new Map<string, Counter>()
  const histograms = new Map<string, Histogram>()
  const gauges = new Map<string, Gauge>()
  for (const [name, metric] of Object.entries<Metric>(CATALOGUE)) {
    const { help, buckets = [] } = metric
    const described = { name, help, labelNames: Object.keys(metric.labels), registers: [registry] }
    if (metric.type === 'gauge') gauges.set(name, new Gauge(described))
    else if (metric.type === 'histogram') histograms.set(name, new Histogram({ ...described, buckets: [...buckets] }))
    else counters.set(name, startAtZero(new Counter(described), metric))
  }
  return {
    registry,
    count: (name, labels, by = 1) => counters.get(name)?.inc(boundLabels(name, labels), by),
    measure: (name, labels, value) => histograms.get(name)?.observe(boundLabels(name, labels), value),
    set: (name, labels, value) => gauges.get(name)?.set(boundLabels(name, labels), value),
  }
}

const CLOSED: ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>> = new Map(
  Object.entries<Metric>(CATALOGUE).map(([name, { labels }]) => [
    name,
    new Map(Object.entries(labels).map(([label, values]) => [label, new Set(values)])),
  ]),
)

/** The labels with `other` for every value that the catalogue does not have, whoever it came from. */
export function boundLabels(name: MetricName, labels: Readonly<Record<string, string>>): Record<string, string> {
  const bound: Record<string, string> = {}
  for (const [label, values] of CLOSED.get(name) ?? []) {
    const value = labels[label] ?? OTHER
    bound[label] = values.size === 0 || values.has(value) ? value : OTHER
  }
  return bound
}

function startAtZero(counter: Counter, { labels }: Metric): Counter {
  const combinations = Object.entries(labels).reduce<Record<string, string>[]>(
    (found, [label, values]) => found.flatMap((each) => values.map((value) => ({ ...each, [label]: value }))),
    [{}],
  )
  if (combinations.length <= SHOWN_FROM_START_MAX) for (const each of combinations) counter.inc(each, 0)
  return counter
}
