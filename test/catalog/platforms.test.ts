import { createCatalog } from '../../catalog/catalog';
import { definitions } from '../../catalog/definitions';
import { requireSourceSql } from '../../tasks/validate/mapping/check-sources';
import { platformContracts } from '../builders/platform-contracts';

test.each(['amazon', 'etsy', 'olist', 'shopify', 'thelook', 'woocommerce'])(
  'the contracts of %s extend the included ones, and their SQL gives rows of its kinds',
  async (platform) => {
    const contracts = platformContracts(platform);
    const catalog = createCatalog({ ...definitions, ...contracts });
    expect(catalog.kinds).toEqual(expect.arrayContaining(['order_items', 'orders', 'products']));
    expect(catalog.sources.length).toBeGreaterThan(0);
    await expect(requireSourceSql(catalog)).resolves.toBeUndefined();
  },
);
