"""A pipeline of CDK Pipelines that deploys a site and then purges it. It fails when the purge does.

PipelineStack(app, "Pipeline", connection_arn="arn:…", env=Environment(account="…", region="eu-central-1"))
"""

from aws_cdk import Environment, Stack, Stage, pipelines
from aws_cdk import aws_lambda as lambda_
from constructs import Construct
from nginx_memcache_site import NginxMemcacheSite, Origin, PurgeSelection, PurgeStep

# A pipeline's stack cannot refer to what its stages deploy: it knows the function by this name.
PURGE_FUNCTION = "shop-purge"


class ShopStage(Stage):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        site = NginxMemcacheSite(
            Stack(self, "Shop"),
            "Site",
            origin=Origin.http("https://shop.internal.example"),
            purge_function_name=PURGE_FUNCTION,
        )
        site.allow_purge_from_pipelines()


class PipelineStack(Stack):
    def __init__(
        self, scope: Construct, construct_id: str, *, connection_arn: str, env: Environment, **kwargs
    ) -> None:
        super().__init__(scope, construct_id, env=env, **kwargs)
        source = pipelines.CodePipelineSource.connection("shop/shop", "main", connection_arn=connection_arn)
        commands = ["pip install -r requirements.txt", "npx cdk synth"]
        pipeline = pipelines.CodePipeline(
            self, "Pipeline", synth=pipelines.ShellStep("Synth", input=source, commands=commands)
        )
        purge = PurgeStep(
            "Purge",
            purge_function=lambda_.Function.from_function_name(self, "PurgeFunction", PURGE_FUNCTION),
            selection=PurgeSelection(prefixes=["https://www.shop.example/products"], tags=["templates"]),
        )
        pipeline.add_stage(ShopStage(self, "Production", env=env), post=[purge])
