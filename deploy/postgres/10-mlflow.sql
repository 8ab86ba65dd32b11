-- Runs once, when the volume is empty: model tracking keeps its tables apart.
CREATE DATABASE mlflow;
