import type { Dialect } from './dialect';
import { postgres } from './postgres';
import { redshift } from './redshift';

/** @param copyRoleArn the role by which Redshift reads rows from the bucket; undefined if the warehouse is PostgreSQL */
export const dialectFor = (copyRoleArn: string | undefined): Dialect =>
  copyRoleArn === undefined ? postgres : redshift(copyRoleArn);
