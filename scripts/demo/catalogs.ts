/** The catalog descriptions of the demo, as a steward would write them in a peer's configuration. */

/** Catalog descriptions with files relative to `folder`. */
export function demoCatalogs(folder: string): object[] {
  return [clinicalTrial(folder), imaging(folder), testing(folder), safety(folder)]
}

function clinicalTrial(folder: string): object {
  return {
    name: 'clinical_trial_data',
    title: 'Deep brain stimulation in Parkinson’s disease, 12 months',
    description: 'Synthetic. Subjects of a DBS trial with motor scores (UPDRS) and quality of life at three visits.',
    data_type: 'clinical',
    access_level: 'public',
    keywords: ['parkinson', 'dbs', 'updrs', 'neurostimulation'],
    subject_key: 'subject_id',
    synthetic: true,
    missingness: 'told',
    tables: [
      {
        name: 'subjects',
        file: `${folder}/subjects.csv`,
        description: 'One row a subject.',
        one_row_per_subject: true,
        variables: [
          {
            name: 'age',
            type: 'integer',
            unit: 'a',
            description: 'Age at inclusion',
            breakpoints: [65],
            minimum: 18,
            maximum: 100
          },
          { name: 'sex', type: 'category', levels: ['female', 'male'] },
          {
            name: 'diagnosis',
            type: 'category',
            description: 'Motor subtype',
            levels: ['tremor-dominant', 'akinetic-rigid', 'mixed']
          },
          { name: 'visit', type: 'category', description: 'Visit of inclusion', levels: ['baseline'] }
        ]
      },
      outcomes(folder)
    ]
  }
}

function outcomes(folder: string): object {
  return {
    name: 'outcomes',
    file: `${folder}/outcomes.csv`,
    description: 'One row a subject and visit.',
    variables: [
      { name: 'visit', type: 'category', levels: ['baseline', 'month_6', 'month_12'] },
      {
        name: 'UPDRS_total',
        type: 'integer',
        unit: 'points',
        description: 'Unified Parkinson’s Disease Rating Scale',
        minimum: 0,
        maximum: 199
      },
      {
        name: 'UPDRS_change',
        type: 'integer',
        unit: 'points',
        description: 'Against baseline; below zero is better',
        minimum: -199,
        maximum: 199
      },
      {
        name: 'quality_of_life',
        type: 'integer',
        unit: 'points',
        description: '0 worst, 100 best',
        minimum: 0,
        maximum: 100
      },
      { name: 'treatment_response', type: 'category', levels: ['responder', 'partial', 'none'] }
    ]
  }
}

function imaging(folder: string): object {
  return {
    name: 'imaging_data',
    title: 'MRI scans with quality measures',
    description: 'Synthetic. What a scan is and how good it is; the images stay in the archive.',
    data_type: 'imaging',
    access_level: 'public',
    keywords: ['mri', 'dti', 'fmri', 'neuroimaging'],
    subject_key: 'subject_id',
    synthetic: true,
    missingness: 'told',
    tables: [
      {
        name: 'scan_metadata',
        file: `${folder}/scan_metadata.csv`,
        one_row_per_subject: true,
        variables: [
          { name: 'scan_type', type: 'category', levels: ['T1', 'DTI', 'fMRI'] },
          {
            name: 'scan_quality',
            type: 'number',
            unit: 'points',
            description: '1 unusable, 5 excellent',
            minimum: 1,
            maximum: 5,
            decimals: 1
          },
          {
            name: 'motion_score',
            type: 'number',
            unit: 'mm',
            description: 'Mean framewise displacement',
            minimum: 0,
            maximum: 5,
            decimals: 2
          },
          { name: 'file_path', type: 'text' }
        ]
      }
    ]
  }
}

function testing(folder: string): object {
  return {
    name: 'demo_dataset',
    title: 'A small table to try things on',
    description: 'Synthetic. Two arms and one measured value.',
    data_type: 'tabular',
    access_level: 'public',
    keywords: ['example'],
    subject_key: 'subject_id',
    synthetic: true,
    tables: [
      {
        name: 'test_data',
        file: `${folder}/test_data.csv`,
        one_row_per_subject: true,
        variables: [
          { name: 'arm', type: 'category', levels: ['control', 'treatment'] },
          { name: 'value', type: 'number', unit: 'points', minimum: 0, maximum: 30, decimals: 2 }
        ]
      }
    ]
  }
}

function safety(folder: string): object {
  return {
    name: 'safety_data',
    title: 'Adverse events in a year after surgery or on medication alone',
    description:
      'Synthetic. The first adverse event of each subject of a trial, or until when they were seen without one.',
    data_type: 'clinical',
    access_level: 'public',
    keywords: ['dbs', 'adverse event', 'survival'],
    subject_key: 'subject_id',
    synthetic: true,
    tables: [
      {
        name: 'safety',
        file: `${folder}/safety.csv`,
        one_row_per_subject: true,
        variables: [
          { name: 'arm', type: 'category', levels: ['medication', 'surgery'] },
          {
            name: 'days',
            type: 'integer',
            unit: 'd',
            description: 'Days to the first adverse event or, without one, to the last visit',
            breakpoints: [30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 330],
            minimum: 0,
            maximum: 365
          },
          { name: 'adverse_event', type: 'category', levels: ['no', 'yes'] }
        ]
      }
    ]
  }
}
