import type { Template } from 'aws-cdk-lib/assertions';

/** The value of the metrics dimension that the template gives each task, by the name of the task's bundle. */
export function metricsServices(template: Template): (task: string) => string {
  const services = new Map<string, string>();
  for (const { Properties } of Object.values(template.findResources('AWS::ECS::TaskDefinition'))) {
    const [{ Command, Environment }] = Properties.ContainerDefinitions;
    const variable = Environment.find(({ Name }: { Name: string }) => Name === 'METRICS_SERVICE');
    services.set(Command[0].replace('.cjs', ''), variable?.Value);
  }
  for (const { Properties } of Object.values(template.findResources('AWS::Lambda::Function'))) {
    const service = Properties.Environment.Variables.METRICS_SERVICE;
    // Collect and ingest emit none.
    if (service === undefined) continue;
    if (Properties.PackageType !== 'Image') {
      const task = /Orchestrator$/.test(Properties.FunctionName) ? 'orchestrate' : 'settle';
      services.set(task, service);
    } else if (services.get(Properties.ImageConfig.Command[0].replace('.cjs', '')) !== service) {
      throw new Error(`${Properties.FunctionName}: the Fargate task has another metrics dimension`);
    }
  }
  return (task) => {
    const service = services.get(task);
    if (!service) throw new Error(`${task} has no METRICS_SERVICE`);
    return service;
  };
}
