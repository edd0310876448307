import { availableParallelism, totalmem } from 'node:os';
import path from 'node:path';
import type { Spark } from './find-spark';
import { type JobRequest, splitParameters } from './job-request';

const GB = 1024 ** 3;

/** Driver and executors are one process here, with at most half of the computer's memory. */
export const LOCAL_WORKER = {
  vcpu: availableParallelism(),
  memoryGb: Math.max(1, Math.min(4, Math.floor(totalmem() / GB / 2))),
};

interface LocalJob {
  readonly spark: Spark;
  /** The entry point as a local file. */
  readonly file: string;
  readonly endpoint: string;
  readonly region: string;
  readonly scratch: string;
  /** Where jars from Maven Central are kept. */
  readonly ivy: string;
  /** Files, comma-separated, that have Hadoop's connector for S3, instead of those from Maven Central. */
  readonly jars: string | undefined;
}

/**
 * The command line of a job on this computer: the request's own parameters, and after them those that replace EMR's platform. `s3://` and `s3a://` are
 * Hadoop's S3A, as on EMR since release 7.10; it finds the credentials in the environment.
 * @throws EmrServerlessError ValidationException for invalid parameters
 */
export function submitCommand(
  { JobDriver: { SparkSubmit: driver } }: JobRequest,
  { spark, file, endpoint, region, scratch, ivy, jars }: LocalJob,
): string[] {
  const settings = {
    'spark.driver.memory': `${LOCAL_WORKER.memoryGb}g`,
    'spark.driver.host': '127.0.0.1',
    'spark.driver.bindAddress': '127.0.0.1',
    'spark.ui.enabled': 'false',
    'spark.local.dir': scratch,
    'spark.sql.warehouse.dir': path.join(scratch, 'warehouse'),
    'spark.jars.ivy': ivy,
    'spark.hadoop.fs.s3.impl': 'org.apache.hadoop.fs.s3a.S3AFileSystem',
    'spark.hadoop.fs.s3a.endpoint': endpoint,
    'spark.hadoop.fs.s3a.endpoint.region': region,
    'spark.hadoop.fs.s3a.path.style.access': 'true',
    'spark.hadoop.fs.s3a.connection.ssl.enabled': 'false',
    // As newer versions of Hadoop do: without it, a role needs the right to delete the markers of folders above what it writes.
    'spark.hadoop.fs.s3a.directory.marker.retention': 'keep',
    'spark.hadoop.fs.s3a.buffer.dir': scratch,
  };
  return [
    path.join(spark.home, 'bin', 'spark-submit'),
    ...splitParameters(driver.SparkSubmitParameters),
    ...['--master', 'local[*]'],
    ...Object.entries(settings).flatMap(([name, value]) => ['--conf', `${name}=${value}`]),
    ...connector(spark, jars),
    file,
    ...driver.EntryPointArguments,
  ];
}

function connector({ hadoopVersion, hasS3 }: Spark, jars: string | undefined): string[] {
  if (jars) return ['--jars', jars];
  return hasS3 ? [] : ['--packages', `org.apache.hadoop:hadoop-aws:${hadoopVersion}`];
}
