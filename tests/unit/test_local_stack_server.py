from temporalio.client import Client
async def test_it(temporal_client: Client):
    assert temporal_client.namespace.startswith("test-")
