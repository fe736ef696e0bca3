/*
 * The types of a dashboard that uses Prometheus and four kinds of panels, from Grafana's published types. DeploymentFilesTest
 * checks the dashboard with the JSON schema that is generated from them:
 *
 *     npm install @grafana/schema@12.1.0 typescript@5 ts-json-schema-generator@2
 *     npx ts-json-schema-generator --path dashboard.ts --type Checked --expose none --no-type-check --no-top-ref > types.json
 *     python3 make_schemas.py grafana types.json
 *
 * @grafana/schema is under the Apache License 2.0. A query of Prometheus is typed here, because its types are in a package
 * of another licence.
 */
import type { Dashboard, FieldConfig as Field, FieldConfigSource, Panel as AnyPanel, VariableModel } from '@grafana/schema';
import type * as heatmap from './node_modules/@grafana/schema/dist/types/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen';
import type * as stat from './node_modules/@grafana/schema/dist/types/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type * as table from './node_modules/@grafana/schema/dist/types/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type * as timeseries from './node_modules/@grafana/schema/dist/types/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

type Some<T> = T extends (infer E)[] ? Some<E>[] : T extends object ? { [K in keyof T]?: Some<T[K]> } : T;
interface Prometheus {
  refId: string;
  expr: string;
  datasource?: { type: 'prometheus'; uid: string };
  editorMode?: 'builder' | 'code';
  exemplar?: boolean;
  format?: 'time_series' | 'table' | 'heatmap';
  hide?: boolean;
  instant?: boolean;
  interval?: string;
  legendFormat?: string;
  range?: boolean;
}
type Of<Type extends string, Options, Custom> = Omit<AnyPanel, 'type' | 'title' | 'options' | 'fieldConfig' | 'targets' | 'datasource' | 'gridPos' | 'id'> & {
  id: number;
  type: Type;
  title: string;
  datasource: { type: 'prometheus'; uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  options?: Some<Options>;
  fieldConfig: { defaults: Omit<Field, 'custom'> & { custom?: Some<Custom> }; overrides: FieldConfigSource['overrides'] };
  targets: Prometheus[];
};
type Panel =
  | Of<'stat', stat.Options, {}>
  | Of<'timeseries', timeseries.Options, timeseries.FieldConfig>
  | Of<'heatmap', heatmap.Options, heatmap.FieldConfig>
  | Of<'table', table.Options, table.FieldConfig>;
export type Checked = Omit<Dashboard, 'panels' | 'annotations' | 'templating' | 'snapshot'> & { annotations?: { list: [] }; templating: { list: VariableModel[] }; panels: Panel[] };
