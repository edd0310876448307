import { Throttle } from '../../src/apigateway/throttle';

test('a burst is accepted at once, then requests at the rate', () => {
  let now = 0;
  const throttle = new Throttle({ rate: 10, burst: 3 }, () => now);
  const taken = () => Array.from({ length: 5 }, () => throttle.take());
  expect(taken()).toEqual([true, true, true, false, false]);
  now += 200;
  expect(taken()).toEqual([true, true, false, false, false]);
  now += 60_000;
  expect(taken()).toEqual([true, true, true, false, false]);
});
