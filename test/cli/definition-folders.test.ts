import { definitionFolders } from '../../cli/definition-folders';

test.each<[string[], Record<string, string>, string[]]>([
  [['local'], {}, []],
  [['local', '--contracts', 'a'], {}, ['a']],
  [['local', '--contracts=a, b,'], {}, ['a', 'b']],
  [['query', 'select 1'], { DAYBOOK_CONTRACTS: 'a,b' }, ['a', 'b']],
  [['local', '--contracts', 'a'], { DAYBOOK_CONTRACTS: 'b' }, ['a']],
  [['local', '--contracts'], { DAYBOOK_CONTRACTS: 'b' }, ['b']],
  [['local'], { DAYBOOK_CONTRACTS: '' }, []],
])('%j with %j uses the contracts of %j', (args, environment, contracts) => {
  expect(definitionFolders(args, environment)).toEqual({ contracts, marts: [] });
});

test('marts are named likewise', () => {
  const environment = { DAYBOOK_CONTRACTS: 'c', DAYBOOK_MARTS: 'm,n' };
  expect(definitionFolders(['local'], environment)).toEqual({ contracts: ['c'], marts: ['m', 'n'] });
  expect(definitionFolders(['local', '--marts', 'o'], environment).marts).toEqual(['o']);
});
