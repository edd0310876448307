import { connectWarehouse } from '../../../serving/warehouse/connection';

test.each([
  'postgres://someone:hunter2@daybook.cluster-abc.eu-central-1.rds.amazonaws.com.invalid:5432/shop',
  'postgres://someone:hunter2@nowhere.redshift-serverless.amazonaws.com:5439/shop?sslmode=disable',
  'postgres://someone:hunter2@nowhere.rds.amazonaws.com:1/shop?sslmode=disable',
])(
  'a server that cannot be reached is named without user and password, of RDS and Redshift too: %s',
  async (url) => {
    const error = await connectWarehouse(url).catch((one) => one);
    expect(error.name).toBe('WarehouseError');
    expect(error.message).toMatch(
      /^warehouse [\w.-]+:\d+\/shop: .*(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|timeout)/,
    );
    expect(error.message).not.toMatch(/hunter2|someone/);
  },
);
