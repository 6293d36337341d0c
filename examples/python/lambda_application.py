"""An application that is a Lambda function and shows what lies in a DynamoDB table.

A page names the products that it shows (``Cache-Tag: product-17``), and is purged when one of them is written.

LambdaApplicationStack(app, "Shop", code=lambda_.Code.from_asset("application"))
"""

from aws_cdk import Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from constructs import Construct
from nginx_memcache_site import NginxMemcacheSite, Origin


class LambdaApplicationStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, code: lambda_.Code, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        products = dynamodb.TableV2(
            self,
            "Products",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            dynamo_stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
        )
        application = lambda_.Function(
            self,
            "Application",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            handler="index.handler",
            code=code,
            memory_size=1024,
            timeout=Duration.seconds(20),
            environment={"PRODUCTS": products.table_name},
        )
        products.grant_read_data(application)

        site = NginxMemcacheSite(
            self,
            "Site",
            origin=Origin.function(application, timeout=Duration.seconds(20)),
            bypass_paths=["/cart"],
            default_ttl=Duration.minutes(10),
        )
        site.purge_on_item_change(products, tags=["product-{id}"])
