import { definitionOptions } from '../../cli/definition-options';

test.each<[string[], Record<string, string>, string[]]>([
  [['local'], {}, []],
  [['local', '--contracts', 'a'], {}, ['a']],
  [['local', '--contracts=a, b,'], {}, ['a', 'b']],
  [['query', 'select 1'], { DAYBOOK_CONTRACTS: 'a,b' }, ['a', 'b']],
  [['local', '--contracts', 'a'], { DAYBOOK_CONTRACTS: 'b' }, ['a']],
  [['local', '--contracts'], { DAYBOOK_CONTRACTS: 'b' }, ['b']],
  [['local'], { DAYBOOK_CONTRACTS: '' }, []],
])('%j with %j uses the contracts of %j', (args, environment, contracts) => {
  expect(definitionOptions(args, environment)).toEqual({ contracts, marts: [], withoutMarts: [] });
});

test('marts are named likewise', () => {
  const environment = { DAYBOOK_CONTRACTS: 'c', DAYBOOK_MARTS: 'm,n' };
  expect(definitionOptions(['local'], environment)).toMatchObject({ contracts: ['c'], marts: ['m', 'n'] });
  expect(definitionOptions(['local', '--marts', 'o'], environment).marts).toEqual(['o']);
});

test('and so are marts to leave out', () => {
  const environment = { DAYBOOK_WITHOUT_MARTS: 'a, b' };
  expect(definitionOptions(['local'], environment).withoutMarts).toEqual(['a', 'b']);
  expect(definitionOptions(['local', '--without-marts=c'], environment).withoutMarts).toEqual(['c']);
});
