import { type Box, layoutMachine } from '../../console/app/executions/layout';
import { readMachine } from '../../console/app/executions/machine';
import definition from '../../state-machine/pipeline.asl.json';

const machine = readMachine(definition);
const { boxes, lines, width, height } = layoutMachine(machine);
const box = (name: string) => boxes.find((one) => one.name === name) as Box;
const right = (one: Box) => one.x + one.width;
const bottom = (one: Box) => one.y + one.height;

test('every state of the pipeline has a box within the graph, those of a Map within it, and no other two meet', () => {
  for (const one of boxes) {
    expect(one.x >= 0 && one.y >= 0 && right(one) <= width + 1 && bottom(one) <= height + 1).toBe(true);
  }
  const outer = machine.states.filter(({ within }) => within === null).map(({ name }) => box(name));
  for (const a of outer) {
    for (const b of outer) {
      const meet = a.x < right(b) && b.x < right(a) && a.y < bottom(b) && b.y < bottom(a);
      expect(a === b || !meet).toBe(true);
    }
  }
  for (const { name, within } of machine.states.filter((state) => state.within !== null)) {
    const [inner, around] = [box(name), box(within ?? '')];
    expect(inner.x > around.x && inner.y > around.y).toBe(true);
    expect(right(inner) < right(around) && bottom(inner) < bottom(around)).toBe(true);
  }
});

test('every way that goes on has a line, and every state a line that leads to it', () => {
  const drawn = lines.map(({ way }) => way);
  for (const way of machine.ways.filter(({ kind }) => kind === 'next')) expect(drawn).toContain(way);
  const reached = new Set(drawn.map(({ to }) => to));
  for (const { name, within } of machine.states) expect(within !== null || reached.has(name)).toBe(true);
});
