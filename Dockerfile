# The image of API, worker and jobs: the same files, another command each (docker-compose.yml).
FROM python:3.11.14-slim-bookworm AS build

RUN python -m venv /opt/kim
COPY requirements/runtime.txt /tmp/runtime.txt
RUN /opt/kim/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/runtime.txt

FROM python:3.11.14-slim-bookworm

RUN groupadd --gid 10001 kim && useradd --uid 10001 --gid kim --no-create-home --shell /usr/sbin/nologin kim

ENV PATH=/opt/kim/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

COPY --from=build /opt/kim /opt/kim
WORKDIR /app
COPY settings.py telemetry.py process_exit.py worker.py ./
COPY process_models process_models
COPY workflows workflows
COPY activities activities
COPY notifications notifications
COPY drawing drawing
COPY store store
COPY api api
COPY kim kim
RUN python -m compileall -q /app

USER 10001:10001
EXPOSE 8000
CMD ["python", "-m", "api.main"]
