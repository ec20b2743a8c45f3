# Rasa, private: only gateways may reach it. It works in /bundle, an opened bundle.
# From the repository's root: docker build -f deploy/docker/rasa.Dockerfile -t omni-rasa .
FROM python:3.10.18-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/rasa.txt /tmp/requirements.txt
RUN /opt/venv/bin/pip install --require-hashes --no-deps -r /tmp/requirements.txt
COPY requirements/sitecustomize.py requirements/without_tensorflow.py \
    /opt/venv/lib/python3.10/site-packages/

FROM python:3.10.18-slim-bookworm
RUN groupadd --gid 10001 omni && useradd --uid 10001 --gid omni --no-create-home omni
COPY --from=build /opt/venv /opt/venv
COPY assistant /app/assistant
COPY rasa_components /app/rasa_components
COPY endpoints.yml credentials.yml logging.yml /app/
COPY deploy/docker/healthy.py /opt/healthy.py
# Nothing is written but to /tmp: the root file system may be read-only.
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH=/app PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    HOME=/tmp MPLCONFIGDIR=/tmp OMNI_LOGS=json
WORKDIR /bundle
USER 10001:10001
EXPOSE 5005
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s \
    CMD ["python", "/opt/healthy.py", "http://127.0.0.1:5005/webhooks/gateway/"]
# No --enable-api: Rasa's own HTTP API stays off.
ENTRYPOINT ["rasa", "run", "--interface", "0.0.0.0", "--port", "5005", \
    "--endpoints", "/app/endpoints.yml", "--credentials", "/app/credentials.yml"]
CMD ["--model", "models/omni.tar.gz"]
