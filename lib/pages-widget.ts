import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';

/**
 * The pages of a site on a dashboard: the function that looks answers with HTML, and the one that purges is called by the
 * buttons in it. CloudWatch calls both as whoever looks at the dashboard.
 */
export function pagesWidget(inspect: lambda.IFunction, purge: lambda.IFunction): cloudwatch.CustomWidget {
  return new cloudwatch.CustomWidget({
    title: 'Pages',
    functionArn: inspect.functionArn,
    params: { purge: purge.functionArn },
    // What it shows is of now.
    updateOnTimeRangeChange: false,
    updateOnResize: false,
    width: 24,
    height: 12,
  });
}
