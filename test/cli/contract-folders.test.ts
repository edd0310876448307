import { contractFolders } from '../../cli/contract-folders';

test.each<[string[], Record<string, string>, string[]]>([
  [['local'], {}, []],
  [['local', '--contracts', 'a'], {}, ['a']],
  [['local', '--contracts=a, b,'], {}, ['a', 'b']],
  [['query', 'select 1'], { DAYBOOK_CONTRACTS: 'a,b' }, ['a', 'b']],
  [['local', '--contracts', 'a'], { DAYBOOK_CONTRACTS: 'b' }, ['a']],
  [['local', '--contracts'], { DAYBOOK_CONTRACTS: 'b' }, ['b']],
  [['local'], { DAYBOOK_CONTRACTS: '' }, []],
])('%j with %j uses the folders %j', (args, environment, folders) => {
  expect(contractFolders(args, environment)).toEqual(folders);
});
