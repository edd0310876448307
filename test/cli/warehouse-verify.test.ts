import { verifyDeployedWarehouse } from '../../cli/warehouse-verify';
import { resourceNames } from '../../domain/names';
import type { Deployment } from '../../operations/deployment';

/** A deployment whose Lambda answers with an error. */
const answering = (name: string, message: string) =>
  ({
    names: resourceNames(),
    lambda: { send: () => Promise.reject(Object.assign(new Error(message), { name })) },
  }) as unknown as Deployment;

test('a deployment without a warehouse has none to compare', async () => {
  const deployment = answering('ResourceNotFoundException', 'Function not found');
  expect(await verifyDeployedWarehouse(deployment)).toBeUndefined();
});

test('without permission to ask for it, a note says that none is compared; other errors are thrown', async () => {
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const denied = answering(
      'AccessDeniedException',
      'not authorized to perform: lambda:GetFunctionConfiguration',
    );
    expect(await verifyDeployedWarehouse(denied)).toBeUndefined();
    expect(write.mock.calls).toEqual([
      ['a warehouse is not compared: not authorized to perform: lambda:GetFunctionConfiguration\n'],
    ]);
    const throttled = answering('TooManyRequestsException', 'Rate exceeded');
    await expect(verifyDeployedWarehouse(throttled)).rejects.toThrow('Rate exceeded');
  } finally {
    write.mockRestore();
  }
});
