import { Aws } from 'aws-cdk-lib';
import { CfnNamedQuery, type CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { catalog } from '../catalog/catalog';
import type { Mart, MartView } from '../domain/mart';
import type { ResourceNames } from '../domain/names';
import type { TableSpec } from '../lake/table-spec';
import { athenaViewSql, encodedView, viewColumns, viewName } from './athena-view';
import { commentsOf, glueColumns } from './glue-table';
import { namedQueriesOf } from './named-queries';

interface CatalogueProps {
  readonly names: ResourceNames;
  readonly bucket: Bucket;
  readonly workgroup: CfnWorkGroup;
}

/**
 * The Glue database: every Delta table of the lake, as Athena, Redshift, EMR and Spark read it, the views of marts as Athena
 * reads them, and the named queries. https://docs.aws.amazon.com/athena/latest/ug/delta-lake-tables.html
 */
export class Catalogue extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: CatalogueProps,
  ) {
    super(scope, id);
    const { names } = props;
    const database = new CfnDatabase(this, 'Database', {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: { name: names.database, description: 'Daybook: the tables of the lake' },
    });
    for (const spec of catalog.tables) this.table(spec, database);
    for (const mart of catalog.marts) if (mart.view) this.view({ ...mart, view: mart.view }, database);
    for (const { name, question, sql } of namedQueriesOf(catalog)) {
      new CfnNamedQuery(this, `Query-${name}`, {
        name: names.namedQuery(name),
        description: question,
        database: database.ref,
        queryString: sql,
        workGroup: props.workgroup.ref,
      });
    }
  }

  private table(spec: TableSpec, database: CfnDatabase): void {
    const { bucket } = this.props;
    const location = `s3://${bucket.bucketName}/${spec.location}/`;
    const comments = commentsOf(spec, catalog);
    new CfnTable(this, `Table-${spec.name}`, {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: database.ref,
      tableInput: {
        name: spec.name,
        description: comments.table,
        tableType: 'EXTERNAL_TABLE',
        parameters: {
          EXTERNAL: 'TRUE',
          classification: 'delta',
          table_type: 'delta',
          // By which Athena, Redshift and Spark know that the log of the location says everything else.
          'spark.sql.sources.provider': 'delta',
        },
        // Partition columns are ordinary columns here: a registered partition would have to be kept up to date.
        partitionKeys: [],
        storageDescriptor: {
          location,
          columns: glueColumns(spec.columns, comments),
          // What Glue's own crawler writes for a Delta table. The readers do not use these formats.
          inputFormat: 'org.apache.hadoop.mapred.SequenceFileInputFormat',
          outputFormat: 'org.apache.hadoop.hive.ql.io.HiveSequenceFileOutputFormat',
          serdeInfo: {
            serializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
            // Where Spark finds the table.
            parameters: { path: location, 'serialization.format': '1' },
          },
        },
      },
    });
  }

  private view(mart: Mart & { readonly view: MartView }, database: CfnDatabase): void {
    const { names } = this.props;
    const columns = viewColumns(mart);
    const comments = commentsOf(catalog.martTable(mart.name), catalog);
    new CfnTable(this, `View-${mart.name}`, {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: database.ref,
      tableInput: {
        name: viewName(mart.name),
        description: `${mart.description}, with the values that depend on all rows`,
        tableType: 'VIRTUAL_VIEW',
        parameters: { presto_view: 'true', comment: 'Presto View' },
        partitionKeys: [],
        storageDescriptor: {
          location: '',
          columns: glueColumns(columns, comments),
          serdeInfo: {},
        },
        viewOriginalText: encodedView(athenaViewSql(mart), names.database, columns),
        viewExpandedText: '/* Presto View */',
      },
    });
  }
}
