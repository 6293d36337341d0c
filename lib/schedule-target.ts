import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as schedulerTargets from 'aws-cdk-lib/aws-scheduler-targets';

/** A function that a schedule invokes as it is now: CDK's own target lets schedules invoke every version and alias, too. */
export class FunctionSchedule extends schedulerTargets.LambdaInvoke {
  public constructor(
    private readonly handler: lambda.IFunction,
    props: schedulerTargets.ScheduleTargetBaseProps,
  ) {
    super(handler, props);
  }

  protected override addTargetActionToRole(role: iam.IRole): void {
    this.handler.grantInvokeLatestVersion(role);
  }
}
