/**
 * Products as Google Analytics' web tag sends them: `pr1=idP1~nmMug~caKitchen~pr12.5~qt1`. A value follows its code of two
 * characters; a tilde in a value is doubled. https://support.google.com/analytics/answer/9267744 names the parameters of items.
 */

/** Codes and the parameters of items that they stand for. Others are kept under their code. */
const CODES: Readonly<Record<string, string>> = {
  id: 'item_id',
  nm: 'item_name',
  br: 'item_brand',
  ca: 'item_category',
  c2: 'item_category2',
  c3: 'item_category3',
  c4: 'item_category4',
  c5: 'item_category5',
  va: 'item_variant',
  pr: 'price',
  qt: 'quantity',
  cp: 'coupon',
  ds: 'discount',
  ln: 'item_list_name',
  li: 'item_list_id',
  lp: 'index',
  pn: 'promotion_name',
  pi: 'promotion_id',
  cn: 'creative_name',
  cs: 'creative_slot',
  lo: 'location_id',
  af: 'affiliation',
};

/** The names of their parameters. */
export const GA_PRODUCT = /^pr\d{1,3}$/;

const PRODUCT = /^(?:id|nm)[^~]/;
const IN_QUERY = /(?:^|&)pr\d{1,3}=([^&]*)/g;

/** The products in a text such as `pr1=id...~nm...&pr2=...`, or that of one product, `id...~nm...`; undefined for another text. */
export function gaProducts(text: string): Readonly<Record<string, string>>[] | undefined {
  if (PRODUCT.test(text) && text.includes('~')) return [gaProduct(text)];
  const found = [...text.matchAll(IN_QUERY)].map(([, product = '']) => gaProduct(decoded(product)));
  return found.length === 0 ? undefined : found;
}

/** The parameters of one product. */
export function gaProduct(text: string): Readonly<Record<string, string>> {
  const parts = text.replaceAll('~~', '\0').split('~');
  return Object.fromEntries(
    parts
      .map((part) => part.replaceAll('\0', '~'))
      .filter((part) => part.length > 2)
      .map((part) => [CODES[part.slice(0, 2)] ?? part.slice(0, 2), part.slice(2)]),
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
