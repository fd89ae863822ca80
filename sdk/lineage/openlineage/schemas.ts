// The schemas of OpenLineage 2-0-2 (schemas/SOURCE.md), one import a file so that a bundler finds them.
import core from "./schemas/OpenLineage.json" with { type: "json" };
import baseSubsetDatasetFacet from "./schemas/BaseSubsetDatasetFacet.json" with { type: "json" };
import catalogDatasetFacet from "./schemas/CatalogDatasetFacet.json" with { type: "json" };
import columnLineageDatasetFacet from "./schemas/ColumnLineageDatasetFacet.json" with { type: "json" };
import dataQualityAssertionsDatasetFacet from "./schemas/DataQualityAssertionsDatasetFacet.json" with { type: "json" };
import dataQualityMetricsDatasetFacet from "./schemas/DataQualityMetricsDatasetFacet.json" with { type: "json" };
import dataQualityMetricsInputDatasetFacet from "./schemas/DataQualityMetricsInputDatasetFacet.json" with { type: "json" };
import datasetTypeDatasetFacet from "./schemas/DatasetTypeDatasetFacet.json" with { type: "json" };
import datasetVersionDatasetFacet from "./schemas/DatasetVersionDatasetFacet.json" with { type: "json" };
import datasourceDatasetFacet from "./schemas/DatasourceDatasetFacet.json" with { type: "json" };
import documentationDatasetFacet from "./schemas/DocumentationDatasetFacet.json" with { type: "json" };
import documentationJobFacet from "./schemas/DocumentationJobFacet.json" with { type: "json" };
import environmentVariablesRunFacet from "./schemas/EnvironmentVariablesRunFacet.json" with { type: "json" };
import errorMessageRunFacet from "./schemas/ErrorMessageRunFacet.json" with { type: "json" };
import executionParametersRunFacet from "./schemas/ExecutionParametersRunFacet.json" with { type: "json" };
import externalQueryRunFacet from "./schemas/ExternalQueryRunFacet.json" with { type: "json" };
import extractionErrorRunFacet from "./schemas/ExtractionErrorRunFacet.json" with { type: "json" };
import hierarchyDatasetFacet from "./schemas/HierarchyDatasetFacet.json" with { type: "json" };
import inputStatisticsInputDatasetFacet from "./schemas/InputStatisticsInputDatasetFacet.json" with { type: "json" };
import jobDependenciesRunFacet from "./schemas/JobDependenciesRunFacet.json" with { type: "json" };
import jobTypeJobFacet from "./schemas/JobTypeJobFacet.json" with { type: "json" };
import lifecycleStateChangeDatasetFacet from "./schemas/LifecycleStateChangeDatasetFacet.json" with { type: "json" };
import lineageFacet from "./schemas/LineageFacet.json" with { type: "json" };
import nominalTimeRunFacet from "./schemas/NominalTimeRunFacet.json" with { type: "json" };
import outputStatisticsOutputDatasetFacet from "./schemas/OutputStatisticsOutputDatasetFacet.json" with { type: "json" };
import ownershipDatasetFacet from "./schemas/OwnershipDatasetFacet.json" with { type: "json" };
import ownershipJobFacet from "./schemas/OwnershipJobFacet.json" with { type: "json" };
import parentRunFacet from "./schemas/ParentRunFacet.json" with { type: "json" };
import processingEngineRunFacet from "./schemas/ProcessingEngineRunFacet.json" with { type: "json" };
import sQLJobFacet from "./schemas/SQLJobFacet.json" with { type: "json" };
import schemaDatasetFacet from "./schemas/SchemaDatasetFacet.json" with { type: "json" };
import sourceCodeJobFacet from "./schemas/SourceCodeJobFacet.json" with { type: "json" };
import sourceCodeLocationJobFacet from "./schemas/SourceCodeLocationJobFacet.json" with { type: "json" };
import storageDatasetFacet from "./schemas/StorageDatasetFacet.json" with { type: "json" };
import symlinksDatasetFacet from "./schemas/SymlinksDatasetFacet.json" with { type: "json" };
import tagsDatasetFacet from "./schemas/TagsDatasetFacet.json" with { type: "json" };
import tagsJobFacet from "./schemas/TagsJobFacet.json" with { type: "json" };
import tagsRunFacet from "./schemas/TagsRunFacet.json" with { type: "json" };
import testRunFacet from "./schemas/TestRunFacet.json" with { type: "json" };

/** The schema of events. */
export const EVENT_SCHEMA = core;

/** The schema of each facet of the specification. */
export const FACET_SCHEMAS = [
  baseSubsetDatasetFacet,
  catalogDatasetFacet,
  columnLineageDatasetFacet,
  dataQualityAssertionsDatasetFacet,
  dataQualityMetricsDatasetFacet,
  dataQualityMetricsInputDatasetFacet,
  datasetTypeDatasetFacet,
  datasetVersionDatasetFacet,
  datasourceDatasetFacet,
  documentationDatasetFacet,
  documentationJobFacet,
  environmentVariablesRunFacet,
  errorMessageRunFacet,
  executionParametersRunFacet,
  externalQueryRunFacet,
  extractionErrorRunFacet,
  hierarchyDatasetFacet,
  inputStatisticsInputDatasetFacet,
  jobDependenciesRunFacet,
  jobTypeJobFacet,
  lifecycleStateChangeDatasetFacet,
  lineageFacet,
  nominalTimeRunFacet,
  outputStatisticsOutputDatasetFacet,
  ownershipDatasetFacet,
  ownershipJobFacet,
  parentRunFacet,
  processingEngineRunFacet,
  sQLJobFacet,
  schemaDatasetFacet,
  sourceCodeJobFacet,
  sourceCodeLocationJobFacet,
  storageDatasetFacet,
  symlinksDatasetFacet,
  tagsDatasetFacet,
  tagsJobFacet,
  tagsRunFacet,
  testRunFacet,
] as const;
