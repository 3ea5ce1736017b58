# Mishear for CPUs, without CUDA. Build and run it in the repository:
#   docker build --tag mishear .
#   docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD/study:/study" mishear --cores 8
# docs/deployment.md says more.
FROM python:3.12-bookworm AS build
# PyTorch's own index has it without 3 GB of CUDA libraries. The constraints fit both builds.
ARG TORCH=2.11.0
# huggingface, slurm: see pyproject.toml.
ARG EXTRAS=workflow,espeak,listening
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/mishear
ENV PATH=/opt/mishear/bin:$PATH
RUN pip install --index-url https://download.pytorch.org/whl/cpu "torch==${TORCH}" "torchaudio==${TORCH}"
WORKDIR /source
COPY pyproject.toml constraints.txt README.md LICENSE Snakefile ./
COPY config config
COPY envs envs
COPY profiles profiles
COPY src src
COPY workflow workflow
RUN pip install --constraint constraints.txt ".[${EXTRAS}]"

FROM python:3.12-slim-bookworm
COPY --from=build /opt/mishear /opt/mishear
# Whoever runs it, caches can be written.
ENV PATH=/opt/mishear/bin:$PATH XDG_CACHE_HOME=/tmp/cache MPLCONFIGDIR=/tmp/matplotlib
RUN useradd --uid 1000 --create-home mishear && install --directory --owner mishear /study
USER 1000
WORKDIR /study
ENTRYPOINT ["snakemake", "--snakefile", "/opt/mishear/share/mishear/workflow/Snakefile"]
CMD ["--cores", "all"]
